# Runs a command in this shell's process group and kills the group when the harness is gone.
# stdin: a pipe that the harness holds open and never writes to; the kernel closes it however the harness ends.
# stdout: a line with the command's process id, then, if it ends without being killed, one with its exit code.
log=$1
shift
exec 3<&0
(
  exec >/dev/null
  while read -r _ <&3; do :; done
  kill -KILL 0
) &
"$@" </dev/null >>"$log" 2>&1 3<&- &
child=$!
printf '%s\n' "$child"
wait "$child"
printf '%s\n' "$?"
kill -KILL 0
