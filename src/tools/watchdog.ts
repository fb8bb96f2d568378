/**
 * Ends the tools and removes temporary folders, however qs5 itself ends. A second process has their
 * names and acts when its input closes, which the system does even after `kill -9`.
 */
import { spawn, type ChildProcess } from 'node:child_process';

/**
 * Input: `+ <session>`, `- <session>`, `> <folder>` for one that is there and `< <folder>` for one
 * that is gone. At the end of the input: the groups of the sessions are killed, and, where there is
 * a /proc, what else is in the sessions; folders are removed.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
sessions=' ' folders=
while IFS=' ' read -r what name; do
  case $what in
    +) sessions="$sessions$name " ;;
    -) case $sessions in *" $name "*) sessions="\${sessions%%" $name "*} \${sessions#*" $name "}" ;; esac ;;
    '>') folders="$folders$name
" ;;
    '<') kept=
      while IFS= read -r folder; do
        [ -z "$folder" ] || [ "$folder" = "$name" ] || kept="$kept$folder
"
      done <<END
$folders
END
      folders=$kept ;;
  esac
done
for session in $sessions; do kill -KILL "-$session" 2>/dev/null; done
if [ "$sessions" != ' ' ]; then
  for stat in /proc/[0-9]*/stat; do
    line=
    { read -r line <"$stat"; } 2>/dev/null
    set -- \${line##*) }
    case $sessions in *" \${4:-none} "*) kill -KILL "\${line%% *}" 2>/dev/null ;; esac
  done
fi
while IFS= read -r folder; do
  [ -z "$folder" ] || rm -rf -- "$folder"
done <<END
$folders
END
`;

let watchdog: ChildProcess | undefined;

function start(): ChildProcess {
  // In a session of its own: it survives a terminal that closes and a group that is killed.
  const child = spawn('/bin/sh', ['-c', SCRIPT], {
    detached: true,
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  child.unref();
  // Where there is no shell, qs5 works without.
  child.on('error', () => undefined);
  child.stdin.on('error', () => undefined);
  (child.stdin as unknown as { unref?: () => void }).unref?.();
  return child;
}

function tell(what: '+' | '-' | '>' | '<', name: string): void {
  if (name.includes('\n')) return;
  if (watchdog === undefined || watchdog.exitCode !== null || watchdog.signalCode !== null) {
    // A watchdog knows all that there is; one that was killed is not missed.
    watchdog = start();
  }
  watchdog.stdin?.write(`${what} ${name}\n`);
}

/** A session that is to end with qs5. */
export function guardSession(session: number): void {
  tell('+', String(session));
}

export function releaseSession(session: number): void {
  tell('-', String(session));
}

/** A folder that is to be gone when qs5 has ended. */
export function guardFolder(folder: string): void {
  tell('>', folder);
}

export function releaseFolder(folder: string): void {
  tell('<', folder);
}
