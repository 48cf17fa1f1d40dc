import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BotApiServer, botApiServer } from '@telefsm/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let telegram: BotApiServer;
let folder: string;
const running = new Set<ChildProcess>();
beforeEach(async () => {
  telegram = await botApiServer();
  folder = await mkdtemp(join(tmpdir(), 'telefsm-vps-'));
});
afterEach(async () => {
  for (const each of running) each.kill('SIGKILL');
  await telegram.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the program as the unit file does. */
function start(program: string): ChildProcess {
  const env = {
    ...process.env,
    BOT_TOKEN: '1:vps',
    BOT_API: telegram.url,
    STATE_DIRECTORY: folder,
  };
  const options = { cwd: import.meta.dirname, env, execArgv: ['--import', 'tsx'] };
  const child = fork(program, { ...options, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  child.disconnect();
  running.add(child);
  return child;
}

/** Sends the signal of `systemctl stop`, and returns how the program ended. */
async function stop(child: ChildProcess): Promise<unknown> {
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const [code, signal] = await ended;
  running.delete(child);
  return signal ?? code;
}

describe.each(['main.ts', 'main-telegraf.ts'])('the program %s', (program) => {
  it('continues a conversation after it was stopped and started again', async () => {
    const anna = telegram.user('Anna');
    const first = start(program);
    await anna.sends('/parcel');
    await anna.sends('Rome');
    expect(await stop(first)).toBe(0);
    const second = start(program);
    await anna.sends('3');
    anna.sees('3 kg to Rome: on its way.');
    expect(await stop(second)).toBe(0);
  });

  it('ends with 0 while updates arrive, and loses or repeats none of them', async () => {
    const users = Array.from({ length: 10 }, (_, at) => telegram.user(`User${at}`));
    const first = start(program);
    for (const step of ['/parcel', 'Rome'])
      await Promise.all(users.map((each) => each.sends(step)));
    const last = Promise.all(users.map((each) => each.sends('3')));
    expect(await stop(first)).toBe(0);
    const second = start(program);
    await last;
    await users[0]?.sends('hello'); // the second program is at work
    expect(await stop(second)).toBe(0);
    const answers = telegram.calls.filter(
      ({ payload }) => 'text' in payload && payload['text'] === '3 kg to Rome: on its way.',
    );
    expect(answers).toHaveLength(users.length);
  });
});
