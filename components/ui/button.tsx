import { cva, type VariantProps } from "class-variance-authority";
import type { ComponentProps, ReactNode } from "react";
import { cn } from "#lib/format/cn.ts";

export const buttonStyle = cva(
  "inline-flex shrink-0 select-none items-center justify-center rounded-control border font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:cursor-not-allowed aria-disabled:opacity-50 [&>svg]:flex-none [&>svg]:stroke-[1.75]",
  {
    variants: {
      variant: {
        default: "border-border-strong bg-card hover:bg-accent [&>svg]:text-muted-foreground",
        filled:
          "border-primary bg-primary text-primary-foreground hover:bg-[color-mix(in_oklch,var(--primary)_88%,var(--background))]",
        ghost: "border-transparent hover:bg-accent [&>svg]:text-muted-foreground",
        danger:
          "border-destructive bg-destructive text-destructive-foreground hover:bg-[color-mix(in_oklch,var(--destructive)_88%,black)]",
      },
      size: {
        sm: "h-[26px] gap-[5px] px-[9px] text-12 [&>svg]:size-3.5",
        md: "h-8 gap-1.5 px-3 text-13 [&>svg]:size-[15px]",
        touch: "h-11 gap-1.5 px-4 text-14 [&>svg]:size-[15px]",
      },
    },
    defaultVariants: { variant: "default", size: "md" },
  },
);

export interface ButtonProps extends ComponentProps<"button">, VariantProps<typeof buttonStyle> {
  icon?: ReactNode;
}

/** A verb, with its object when that is not obvious. One `filled` button per view; `danger` for what cannot be undone. */
export function Button({ variant, size, icon, className, children, type = "button", ...props }: ButtonProps) {
  return (
    <button type={type} className={cn(buttonStyle({ variant, size }), className)} {...props}>
      {icon}
      {children}
    </button>
  );
}
