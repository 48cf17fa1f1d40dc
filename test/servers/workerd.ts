/** Cloudflare's runtime for tests: a script in several isolates, with Durable Objects on the disk. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

/** A running `workerd`. */
export interface Workerd {
  /** Where each isolate is reached, as soon as it listens; the addresses change with a restart. */
  urls(): Promise<readonly string[]>;
  /** Ends the process at once, and starts another on the same disk. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

/** The options of a {@link Workerd}. */
export interface WorkerdOptions {
  /** URL of the Worker; it exports the class `Conversations`. */
  readonly script: URL;
  /** How many isolates run it; the first also runs the objects. */
  readonly isolates?: number;
  /** Variables of the Worker. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** The package has no types; it exports the path of the binary for this platform. */
const binary: string = createRequire(import.meta.url)('workerd').default;
const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Bundles a Worker and starts it. */
export async function startWorkerd(options: WorkerdOptions): Promise<Workerd> {
  const folder = await mkdtemp(join(tmpdir(), 'telefsm-workerd-'));
  await bundle(options.script, folder);
  await writeFile(join(folder, 'config.capnp'), configOf(folder, options));
  let starting = serve(folder, options);
  await starting;
  return {
    urls: async () => (await starting).urls,
    async restart() {
      const last = await starting;
      starting = last.kill().then(() => serve(folder, options));
      await starting;
    },
    async close() {
      await (await starting).kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Makes one module of a script and the sources that it imports. */
async function bundle(script: URL, into: string): Promise<void> {
  const conditions = ['@telefsm/source', 'workerd', 'worker', 'browser', 'import'];
  await build({
    configFile: false,
    logLevel: 'error',
    resolve: { conditions },
    ssr: { noExternal: true, target: 'webworker', resolve: { conditions } },
    build: {
      ssr: fileURLToPath(script),
      outDir: into,
      emptyOutDir: false,
      target: 'es2022',
      rollupOptions: { output: { entryFileNames: 'worker.js' } },
    },
  });
}

function configOf(folder: string, { isolates = 1, variables = {} }: WorkerdOptions): string {
  const names = namesOf(isolates);
  const texts = Object.entries(variables).map(
    ([name, text]) => `(name = "${name}", text = ${JSON.stringify(text)})`,
  );
  const objects =
    '(name = "CONVERSATIONS", durableObjectNamespace = (className = "Conversations", serviceName = "isolate0"))';
  const worker = (isFirst: boolean) => `(
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-01-01",
      durableObjectNamespaces = [(className = "Conversations", uniqueKey = "conversations${isFirst ? '' : '-unused'}", enableSql = true)],
      durableObjectStorage = (localDisk = "disk"),
      bindings = [${[objects, ...texts].join(', ')}],
    )`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    ${names.map((name, at) => `(name = "${name}", worker = ${worker(at === 0)}),`).join('\n    ')}
    (name = "internet", network = (allow = ["public", "private", "local"])),
    (name = "disk", disk = (path = ${JSON.stringify(folder)}, writable = true)),
  ],
  sockets = [
    ${names.map((name) => `(name = "${name}", address = "127.0.0.1:0", http = (), service = "${name}"),`).join('\n    ')}
  ],
);
`;
}

async function serve(folder: string, { isolates = 1 }: WorkerdOptions) {
  const names = namesOf(isolates);
  const args = ['serve', '--experimental', '--control-fd=3', join(folder, 'config.capnp')];
  const child = spawn(binary, args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  running.add(child);
  const ended = once(child, 'exit').finally(() => running.delete(child));
  let errors = '';
  child.stderr?.on('data', (text) => {
    errors = `${errors}${text}`.slice(-10_000);
  });
  const ports = new Map<string, number>();
  const listening = (async () => {
    for await (const line of createInterface({ input: child.stdio[3] as NodeJS.ReadableStream })) {
      const { event, socket, port } = JSON.parse(line);
      if (event === 'listen') ports.set(socket, port);
      if (ports.size === isolates) return true;
    }
    return false;
  })();
  await Promise.race([listening, ended]);
  if (ports.size < isolates) throw new Error(`workerd did not start: ${errors}`);
  return {
    urls: names.map((name) => `http://127.0.0.1:${ports.get(name)}`),
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

function namesOf(isolates: number): readonly string[] {
  return Array.from({ length: isolates }, (_, at) => `isolate${at}`);
}
