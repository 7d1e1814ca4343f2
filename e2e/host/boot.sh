#!/bin/bash
# The inside of `host.ts up`: builds a root of its own over the machine's and becomes its systemd. Runs in fresh mount,
# PID, UTS and IPC namespaces, so that all of it is gone with its last process. What it must not touch of the machine is
# covered before the first unit starts: kernel settings, disks, enabled units, homes and their PM2 daemons, /tmp.
#   boot.sh STATE_DIR REPOSITORY CGROUP_NAME DOCKER_SOCKET
set -euo pipefail
state=$1 repository=$2 cgroup=$3 docker=$4
root=$state/root

# A branch of its own in every hierarchy (one with v2, a dozen with v1): units of two systemds never meet.
while read -r mount; do
  mkdir -p "$mount/$cgroup"
  for file in cpuset.cpus cpuset.mems; do
    if [ -f "$mount/$file" ] && [ ! -f "$mount/cgroup.controllers" ]; then cat "$mount/$file" >"$mount/$cgroup/$file"; fi
  done
  echo $$ >"$mount/$cgroup/cgroup.procs"
done < <(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) ~ /^cgroup2?$/) print $5 }' /proc/self/mountinfo)

# In memory: an overlay cannot write into a folder that is one itself, and nothing has to be cleared away.
mount -t tmpfs tmpfs "$state/over"
mkdir "$state/over/upper" "$state/over/work"
mount -t overlay overlay -o "lowerdir=/,upperdir=$state/over/upper,workdir=$state/over/work" "$root"
mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
# Each boot has an id of its own, by which the journal and whoever asks tell it from the one before.
cat "$root/proc/sys/kernel/random/uuid" >"$state/over/boot-id"
mount --bind "$state/over/boot-id" "$root/proc/sys/kernel/random/boot_id"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"

mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  touch "$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

for folder in run root home tmp var/log var/tmp; do mount -t tmpfs -o mode=755 tmpfs "$root/$folder"; done
chmod 1777 "$root/tmp" "$root/var/tmp"
mkdir -p "$root/var/log/journal"
for folder in "$repository" "$state/share"; do
  mkdir -p "$root$folder"
  mount --bind "$folder" "$root$folder"
done
if [ -S "$docker" ]; then
  touch "$root/run/docker.sock"
  mount --bind "$docker" "$root/run/docker.sock"
  # through the overlay a volume would be another folder than the one its containers have
  volumes=$(docker -H "unix://$docker" info --format '{{.DockerRootDir}}')/volumes
  mkdir -p "$root$volumes"
  mount --bind "$volumes" "$root$volumes"
fi

# Nothing that somebody enabled on this machine runs a second time in here.
rm -rf "$root"/etc/systemd/system "$root"/usr/local/lib/systemd "$root"/etc/rc?.d "$root"/etc/init.d "$root"/var/lib/trihelm
find "$root/usr/lib/systemd/system-generators" -mindepth 1 ! -name 'systemd-*' -delete
mkdir -p "$root/etc/systemd/system" "$root/etc/tmpfiles.d"
: >"$root/etc/fstab"
: >"$root/etc/machine-id"
echo testhost >"$root/etc/hostname"
# This rule empties /tmp, where the repository may be.
ln -sf /dev/null "$root/etc/tmpfiles.d/tmp.conf"
for unit in systemd-modules-load.service systemd-remount-fs.service systemd-udevd.service systemd-timesyncd.service systemd-networkd.service getty.target \
  systemd-ask-password-wall.path systemd-ask-password-console.path; do
  ln -s /dev/null "$root/etc/systemd/system/$unit"
done

cd "$root"
exec chroot "$root" env -i container=other PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --log-target=journal --unit=multi-user.target
