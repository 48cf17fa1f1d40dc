/** Files in the parameters of calls: what the frameworks take for a file becomes `attach://…` and an upload, as in a form. */
import type { Payload } from '../cloud/raw.ts';
import type { Upload, Uploads } from '../methods/parameters.ts';

/** Parameters as they would arrive: plain JSON, files apart. */
export interface Detached {
  readonly payload: Payload;
  readonly uploads: Uploads;
}

/** Takes the files out of parameters: grammY's `InputFile`, Telegraf's `{ source }` and `{ url }`. */
export function detach(given: Payload | undefined): Detached {
  const uploads = new Map<string, Upload>();
  const without = withoutFiles(given ?? {}, '', uploads);
  return { payload: JSON.parse(JSON.stringify(without)) as Payload, uploads };
}

/** Walks the value by itself, because JSON.stringify throws on grammY's files. */
function withoutFiles(value: unknown, field: string, uploads: Map<string, Upload>): unknown {
  if (typeof value !== 'object' || value === null) return value ?? undefined;
  const upload = uploadIn(value, field);
  if (typeof upload === 'string') return upload;
  if (upload !== undefined) {
    const name = uploads.has(field) ? `${field}-${uploads.size}` : field;
    uploads.set(name, upload);
    return `attach://${name}`;
  }
  if (Array.isArray(value)) return value.map((each) => withoutFiles(each, field, uploads));
  if ('toJSON' in value) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, withoutFiles(each, key, uploads)]),
  );
}

/** Parameters that have an address and are no file. */
const addressed: ReadonlySet<string> = new Set(['link_preview_options', 'web_app', 'login_url']);

/** A file, the address of one, or `undefined` for anything else. */
function uploadIn(value: object, field: string): Upload | string | undefined {
  const file = value as {
    readonly toRaw?: unknown;
    readonly fileData?: unknown;
    readonly source?: unknown;
    readonly url?: unknown;
    readonly filename?: string;
  };
  const name = file.filename ?? field;
  if (typeof file.toRaw === 'function') return { name, bytes: bytesOf(file.fileData) };
  if (addressed.has(field)) return undefined;
  const only = (member: string) =>
    Object.keys(file).every((key) => key === member || key === 'filename');
  if (file.source !== undefined && only('source')) return { name, bytes: bytesOf(file.source) };
  return typeof file.url === 'string' && only('url') ? file.url : undefined;
}

/** Only what is in memory already is read; a path or a stream stands for one byte. */
function bytesOf(data: unknown): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(1);
}
