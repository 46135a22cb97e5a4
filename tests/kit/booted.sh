#!/usr/bin/env bash
# Boots systemd on a copy of a machine's files: booted.sh ROOM SOURCES BASE [KEPT PLACE], run by
# kit/booted.py under `unshare --mount`. BASE holds these files, "/" for this machine's own. What is
# written is written in memory and nothing of it outlasts this shell, but for what is written below
# PLACE, which is the folder KEPT. Ends with a fault where such a copy cannot be made.
#
# The folder of the sources is /srv/guichet there, for it may be in a home, which units do not see.
set -euo pipefail
room="$1" sources="$2" base="$3" kept="${4:-}" place_kept="${5:-}"
root="$room/root" groups="$room/groups"

over() { # FOLDER PLACE: what is written at PLACE leaves FOLDER as it is
  mkdir -p "$room/over$2/kept" "$room/over$2/work" "$2"
  mount -t overlay overlay -o "lowerdir=$1,upperdir=$room/over$2/kept,workdir=$room/over$2/work" "$2"
}

mount -t tmpfs -o mode=0755 tmpfs "$room"
over "$base" "$root"
over "$sources" "$root/srv/guichet"
if [ -n "$kept" ]; then mkdir -p "$root$place_kept" && mount --bind "$kept" "$root$place_kept"; fi
mkdir "$groups" && mount -t cgroup2 cgroup2 "$groups"
group="$groups$(sed -n 's/^0:://p' /proc/self/cgroup)/guichet-booted-$$"
mkdir "$group"
trap 'find "$group" -depth -type d -exec rmdir {} +' EXIT

for place in run dev; do mount -t tmpfs -o mode=0755 tmpfs "$root/$place"; done
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
mkdir "$root/dev/pts" "$root/dev/shm" && mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm" && ln -s pts/ptmx "$root/dev/ptmx"
for name in null zero full random urandom tty; do
  : > "$root/dev/$name" && mount --bind "/dev/$name" "$root/dev/$name"
done

# Nothing that this machine mounts, starts or waits for at boot, nor packages to fetch; the names of
# the guides are its own.
units="$root/etc/systemd/system"
rm -rf "$root/var/log/journal" "$root"/var/lib/apt/lists/* "$root"/usr/lib/systemd/system/*.target.wants "$units"/*.wants
printf '[Unit]\nWants=systemd-journald.service dbus.service\n' > "$units/booted.target"
: > "$root/etc/fstab"
echo 00000000000000000000000000000001 > "$root/etc/machine-id"
echo '127.0.0.1 localhost guichet.exemple.fr pki.exemple.fr' > "$root/etc/hosts"

cat > "$room/first.sh" <<'FIRST'
mount -t proc proc "$1/proc" && mount -t sysfs -o ro sysfs "$1/sys"
mount -t cgroup2 cgroup2 "$1/sys/fs/cgroup"
# Not chroot: what stands in such a root makes no users of its own, which the signer's unit wants.
cd "$1" && pivot_root . . && umount --lazy .
mount --make-rshared / # as systemd finds it in a container, and hands secrets to units through it
exec env -i container=guichet PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
  /lib/systemd/systemd --system --unit=booted.target --log-target=console --show-status=no
FIRST
# In a group of its own, since systemd takes to itself all that is in the one it starts in.
(
  echo "$BASHPID" > "$group/cgroup.procs"
  exec setpriv --pdeathsig KILL unshare --mount --pid --net --ipc --uts --cgroup --fork --kill-child \
    bash -eu "$room/first.sh" "$root"
)
