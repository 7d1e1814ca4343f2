import type { ComponentProps, ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

export interface TextFieldProps extends Omit<ComponentProps<"input">, "size"> {
  /** a field without a visible label beside it carries its name here */
  label?: string;
  icon?: ReactNode;
  /** after the text: a key hint, a count of hits, a button */
  end?: ReactNode;
  size?: "sm" | "md" | "touch";
  mono?: boolean;
  /** of the frame; `className` is the frame's too */
  inputClassName?: string;
}

const SIZE = { sm: "h-[26px] text-12", md: "h-8 text-13", touch: "h-11 text-16" };

/** A field of one line. On a phone its text is 16 px, so that the browser does not zoom in. */
export function TextField({
  label,
  icon,
  end,
  size = "md",
  mono,
  className,
  inputClassName,
  ...props
}: TextFieldProps) {
  return (
    <span
      className={cn(
        "inline-flex min-w-0 items-center gap-2 rounded-control border border-input bg-card px-2.5 text-subtle-foreground focus-within:border-ring focus-within:shadow-[0_0_0_1px_var(--ring)] [&>svg]:size-[15px] [&>svg]:flex-none [&>svg]:stroke-[1.75]",
        SIZE[size],
        className,
      )}
    >
      {icon}
      <input
        type="text"
        aria-label={label}
        spellCheck={false}
        autoComplete="off"
        className={cn(
          "h-full min-w-0 flex-1 bg-transparent text-foreground outline-none placeholder:text-subtle-foreground placeholder:opacity-100 max-sm:text-16 [&::-webkit-search-cancel-button]:hidden",
          mono && "font-mono",
          inputClassName,
        )}
        {...props}
      />
      {end}
    </span>
  );
}

/** A field of several lines, as a machine reads them. */
export function TextArea({ className, ...props }: ComponentProps<"textarea">) {
  return (
    <textarea
      spellCheck={false}
      autoCapitalize="none"
      className={cn(
        "w-full resize-y rounded-control border border-input bg-card px-2.5 py-1.5 font-mono text-12 leading-5 outline-none placeholder:text-subtle-foreground focus:border-ring focus:shadow-[0_0_0_1px_var(--ring)] max-sm:text-16",
        className,
      )}
      {...props}
    />
  );
}
