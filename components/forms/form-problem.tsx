import type { ApiProblem } from "@/components/shell/api-client.ts";
import { Note } from "@/components/ui/note.tsx";

interface FormProblemProps {
  problem: ApiProblem | null;
  /** `The check was not saved` */
  title: string;
  /** said at their own fields */
  placed?: readonly string[];
}

/** Why a form was not taken; what is wrong with which field, where no field says so itself. */
export function FormProblem({ problem, title, placed = [] }: FormProblemProps) {
  if (!problem) return null;
  const { errors, words } = problem;
  const unplaced = errors.filter(({ path }) => !placed.includes(path));
  return (
    <Note tone="fail" alert title={title}>
      {errors.length === 0
        ? words
        : unplaced.map(({ path, message }) => (
            <span key={path} className="block">
              {path}: {message}
            </span>
          ))}
    </Note>
  );
}
