/** The head of a step: its title takes the focus when the step comes, and its lead says why. */
export const STEP_TITLE = "text-26 font-semibold tracking-[-.02em] outline-none";
export const STEP_LEAD = "mt-1.5 text-14 text-pretty text-muted-foreground";
