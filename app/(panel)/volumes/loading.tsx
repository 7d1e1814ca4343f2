import { VolumesSkeleton } from "@/components/volumes/volumes-skeleton.tsx";

export default function VolumesLoading() {
  return <VolumesSkeleton />;
}
