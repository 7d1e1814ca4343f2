import type { ComponentProps } from "react";
import { cn } from "#lib/format/cn.ts";

export interface IconButtonProps extends ComponentProps<"button"> {
  /** what it does, with its object: `Restart umami` */
  label: string;
  /** 28 px without an edge, 32 px with one, 22 px inside fields and toasts, 44 px on a phone */
  look?: "plain" | "line" | "small" | "touch";
}

const LOOK = {
  plain: "size-7 rounded-control text-muted-foreground hover:bg-accent hover:text-foreground [&>svg]:size-4",
  line: "size-8 rounded-control border border-border-strong bg-card text-muted-foreground hover:bg-accent hover:text-foreground [&>svg]:size-[15px]",
  small: "size-[22px] rounded-control text-muted-foreground hover:bg-accent hover:text-foreground [&>svg]:size-[15px]",
  touch: "size-11 rounded-control text-muted-foreground hover:bg-accent hover:text-foreground [&>svg]:size-[19px]",
};

/** A button that is only an icon; its label is both its accessible name and its tooltip. */
export function IconButton({ label, look = "plain", className, type = "button", ...props }: IconButtonProps) {
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={cn(
        "inline-flex flex-none items-center justify-center transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-pressed:bg-accent aria-pressed:text-foreground data-[popup-open]:bg-accent data-[popup-open]:text-foreground [&>svg]:stroke-[1.75]",
        LOOK[look],
        className,
      )}
      {...props}
    />
  );
}
