"use client";

import { Check, Copy } from "lucide-react";
import { useEffect, useState } from "react";
import { IconButton } from "./icon-button.tsx";

export interface CopyButtonProps {
  text: string;
  /** `Copy command` */
  label: string;
  look?: "plain" | "small" | "touch";
  className?: string;
}

/** Copies a text and says so for two seconds. */
export function CopyButton({ text, label, look = "plain", className }: CopyButtonProps) {
  const { copied, copy } = useCopy();
  return (
    <>
      <IconButton
        label={copied ? "Copied" : label}
        look={look}
        className={className}
        onClick={(event) => {
          event.stopPropagation();
          void copy(text);
        }}
      >
        {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
      </IconButton>
      <span role="status" className="sr-only">
        {copied ? "Copied" : ""}
      </span>
    </>
  );
}

/** Copying with a moment of "copied" after it. `copy` answers whether it worked. */
export function useCopy(): { copied: boolean; copy: (text: string) => Promise<boolean> } {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  return {
    copied,
    copy: async (text) => {
      const worked = await copyText(text);
      setCopied(worked);
      return worked;
    },
  };
}

/** Copies by the clipboard API, or through a hidden field where the page is not served securely (plain HTTP). */
export async function copyText(text: string): Promise<boolean> {
  if (window.isSecureContext) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  field.style.opacity = "0";
  document.body.append(field);
  field.select();
  const worked = document.execCommand("copy");
  field.remove();
  return worked;
}
