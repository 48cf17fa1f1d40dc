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
  const json = JSON.stringify(
    given ?? {},
    function (this: Readonly<Record<string, unknown>>, field) {
      const value = this[field];
      const upload = uploadIn(value, field);
      if (upload === undefined) return value ?? undefined;
      if (typeof upload === 'string') return upload;
      const name = uploads.has(field) ? `${field}-${uploads.size}` : field;
      uploads.set(name, upload);
      return `attach://${name}`;
    },
  );
  return { payload: JSON.parse(json) as Payload, uploads };
}

/** A file, the address of one, or `undefined` for anything else. */
function uploadIn(value: unknown, field: string): Upload | string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const file = value as {
    readonly toRaw?: unknown;
    readonly fileData?: unknown;
    readonly source?: unknown;
    readonly url?: unknown;
    readonly filename?: string;
  };
  if (typeof file.toRaw === 'function')
    return { name: file.filename ?? field, bytes: bytesOf(file.fileData) };
  if (field === 'link_preview_options' || 'text' in file) return undefined;
  if (file.source !== undefined && typeof file.source !== 'number')
    return { name: file.filename ?? field, bytes: bytesOf(file.source) };
  const onlyUrl =
    typeof file.url === 'string' &&
    Object.keys(file).every((key) => key === 'url' || key === 'filename');
  return onlyUrl ? (file.url as string) : undefined;
}

/** Only what is in memory already is read; a path or a stream stands for one byte. */
function bytesOf(data: unknown): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(1);
}
