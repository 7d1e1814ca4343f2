import { closeStage, openStage } from "./stage.ts";

export const setup = openStage;
export const teardown = closeStage;
