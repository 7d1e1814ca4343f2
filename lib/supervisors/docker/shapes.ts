/** The parts of the engine's answers that are read. All may be missing: Podman leaves out more than Docker. */

export interface ListEntry {
  Id?: string;
  Names?: string[] | null;
  Image?: string;
  State?: string;
  Status?: string;
  /** seconds since 1970 */
  Created?: number;
  Ports?: { IP?: string; PrivatePort?: number; PublicPort?: number; Type?: string }[] | null;
  Labels?: Record<string, string> | null;
  NetworkSettings?: { Networks?: Record<string, NetworkEndpoint> | null } | null;
  /** Podman's are paths inside the container */
  Mounts?: (MountPoint | string)[] | null;
}

export interface MountPoint {
  Type?: string;
  Name?: string;
  Source?: string;
  Destination?: string;
  RW?: boolean;
}

export interface VolumeEntry {
  Name?: string;
  Driver?: string;
  Mountpoint?: string;
  CreatedAt?: string;
  Labels?: Record<string, string> | null;
  Options?: Record<string, string> | null;
}

interface NetworkEndpoint {
  IPAddress?: string;
  GlobalIPv6Address?: string;
  Aliases?: string[] | null;
}

interface ContainerState {
  Status?: string;
  OOMKilled?: boolean;
  Pid?: number;
  ExitCode?: number;
  Error?: string;
  StartedAt?: string;
  FinishedAt?: string;
  Health?: { Status?: string; Log?: { ExitCode?: number; Output?: string }[] | null } | null;
}

export interface ContainerInspect {
  Id?: string;
  Name?: string;
  Created?: string;
  Path?: string;
  Args?: string[] | null;
  Image?: string;
  RestartCount?: number;
  LogPath?: string;
  State?: ContainerState;
  Config?: {
    Image?: string;
    Env?: string[] | null;
    Tty?: boolean;
    StopSignal?: string;
    StopTimeout?: number | null;
    WorkingDir?: string;
    User?: string;
    Labels?: Record<string, string> | null;
  } | null;
  HostConfig?: {
    Memory?: number;
    NanoCpus?: number;
    CpuQuota?: number;
    CpuPeriod?: number;
    PidsLimit?: number | null;
    LogConfig?: { Type?: string; Config?: Record<string, string> | null } | null;
    RestartPolicy?: { Name?: string; MaximumRetryCount?: number } | null;
    PortBindings?: Record<string, { HostIp?: string; HostPort?: string }[] | null> | null;
    CgroupParent?: string;
    NetworkMode?: string;
    Tmpfs?: Record<string, string> | null;
  } | null;
  Mounts?: MountPoint[] | null;
  NetworkSettings?: { Networks?: Record<string, NetworkEndpoint> | null } | null;
}

export interface EngineEvent {
  /** without what follows its colon: `health_status`, `exec_create` */
  action: string;
  id: string;
  name: string;
  attributes: Record<string, string>;
  /** milliseconds since 1970, by the engine's clock */
  at: number;
}
