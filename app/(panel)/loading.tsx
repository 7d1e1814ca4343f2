import { BoardSkeleton } from "@/components/services/board-skeleton.tsx";

export default function OverviewLoading() {
  return <BoardSkeleton />;
}
