import { ServiceSkeleton } from "@/components/services/service-skeleton.tsx";

export default function ServiceLoading() {
  return <ServiceSkeleton />;
}
