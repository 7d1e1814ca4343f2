"use client";

import { Check, Copy, Download, Printer } from "lucide-react";
import { useMe } from "@/components/shell/me.tsx";
import { Button } from "@/components/ui/button.tsx";
import { useCopy } from "@/components/ui/copy-button.tsx";

/** The codes for a lost phone, shown this once: to copy, to keep as a file, to print. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const { name } = useMe();
  const { copied, copy } = useCopy();
  const title = `Recovery codes of ${name}, Trihelm at ${location.host}`;
  const text = `${title}\nEach signs you in once, in place of the app's code.\n\n${codes.join("\n")}\n`;
  const download = () => {
    const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    const link = document.createElement("a");
    link.href = url;
    link.download = "trihelm-recovery-codes.txt";
    link.click();
    URL.revokeObjectURL(url);
  };
  return (
    <>
      <section
        data-print
        aria-label="Recovery codes"
        className="rounded-control border border-border-strong bg-inset px-4 py-3"
      >
        <p className="hidden print:mb-3 print:block">{title}</p>
        <ul className="grid grid-cols-2 gap-x-6 gap-y-1 font-mono text-14">
          {codes.map((code) => (
            <li key={code}>{code}</li>
          ))}
        </ul>
      </section>
      <div className="flex flex-wrap gap-1.5">
        <Button
          icon={copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
          onClick={() => void copy(text)}
          className="max-sm:h-11"
        >
          {copied ? "Copied" : "Copy"}
        </Button>
        <Button icon={<Download aria-hidden="true" />} onClick={download} className="max-sm:h-11">
          Download
        </Button>
        <Button icon={<Printer aria-hidden="true" />} onClick={() => window.print()} className="max-sm:h-11">
          Print
        </Button>
      </div>
    </>
  );
}
