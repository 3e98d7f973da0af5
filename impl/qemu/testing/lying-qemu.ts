/** The real binary behind a proxy that alters what it says over QMP, for tests of what happens when it misbehaves. */
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What of the conversation is altered: a function of JavaScript, `(asked, answer, act) => answer`. `asked` is the command
 * with its arguments, `answer` the line that QEMU says to it; `act.hangUp()` ends what is said,
 * `act.die(signal, words)` the process; `act.isFirst()` is true once, whatever process asks.
 */
export type Lie = string;

/** Writes a program that can stand for `qemu-system-x86_64`; returns its path. `endLiars` must be called in the end. */
export function lyingQemu(directory: string, lie: Lie, binary = 'qemu-system-x86_64'): string {
  const proxy = join(directory, 'proxy.mjs');
  writeFileSync(proxy, proxyText(binary, lie, join(directory, 'pids')));
  const path = join(directory, 'lying-qemu');
  writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${proxy} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Kills what the proxies of `directory` have started: a proxy that is killed takes nothing with it. */
export function endLiars(directory: string): void {
  const path = join(directory, 'pids');
  if (!existsSync(path)) return;
  for (const pid of readFileSync(path, 'utf8').trim().split('\n').map(Number)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
}

function proxyText(binary: string, lie: Lie, pids: string): string {
  return `const binary = ${JSON.stringify(binary)};\nconst pids = ${JSON.stringify(pids)};\nconst lie = ${lie};\n${PROXY}`;
}

const PROXY = String.raw`
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
const words = process.argv.slice(2);
const place = words.findIndex((word) => word.startsWith('udp,id=qmp'));
if (place < 0) process.exit(spawnSync(binary, words, { stdio: 'inherit' }).status);
const outer = createSocket('udp4');
outer.on('error', () => {});
outer.connect(Number(/,port=(\d+)/.exec(words[place])[1]), '127.0.0.1');
const inner = words[words.indexOf('-name') + 1].split('guest=')[1] + '/qmp.real';
const asked = new Map();
const lives = (pid) => {
  try {
    return !readFileSync('/proc/' + pid + '/stat', 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};
// A proxy that is killed leaves its QEMU behind, which keeps the images locked.
for (const pid of existsSync(pids) ? readFileSync(pids, 'utf8').trim().split('\n').map(Number) : []) {
  if (lives(pid)) process.kill(pid, 'SIGKILL');
  while (lives(pid));
}
const server = createServer((qemu) => {
  rmSync(inner, { force: true });
  const act = {
    isFirst: () => {
      try {
        writeFileSync(pids + '-told', '', { flag: 'wx' });
        return true;
      } catch {
        return false;
      }
    },
    hangUp: () => outer.close(),
    die: (signal, said) => {
      writeSync(2, said);
      child.kill('SIGKILL');
      process.kill(process.pid, signal);
    },
  };
  let text = '';
  outer.on('message', (bytes) => {
    const lines = (text + bytes).split('\n');
    text = lines.pop();
    for (const line of lines) {
      const command = JSON.parse(line);
      asked.set(command.id, command);
      qemu.write(line + '\n');
    }
  });
  createInterface({ input: qemu }).on('line', (line) => {
    const command = asked.get(JSON.parse(line).id);
    asked.delete(command?.id);
    const said = command === undefined ? line : lie(command, line, act);
    if (said !== null) outer.send(said + '\n', () => {});
  });
}).listen(inner, () => {
  child = spawn(binary, words.with(place, 'socket,id=qmp,path=' + inner), { stdio: ['ignore', 'ignore', 'inherit'] });
  appendFileSync(pids, child.pid + '\n');
  child.on('exit', (code, signal) => (signal === null ? process.exit(code) : process.kill(process.pid, signal)));
});
let child;
`;
