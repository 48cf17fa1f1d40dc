/** Files in messages: whatever a call or a user sends becomes a file with ids. */
import { reject } from '../cloud/answer.ts';
import type { Cloud, StoredFile } from '../cloud/cloud.ts';
import type { Payload } from '../cloud/raw.ts';
import { textParameter, type Uploads } from './parameters.ts';

/** Fields of a call or a message that hold a file. */
export const mediaFields = [
  'photo',
  'live_photo',
  'audio',
  'document',
  'video',
  'animation',
  'voice',
  'video_note',
  'sticker',
] as const;
export type MediaField = (typeof mediaFields)[number];

const extensions: Readonly<Record<string, string>> = {
  photo: 'jpg',
  audio: 'mp3',
  document: 'dat',
  video: 'mp4',
  animation: 'mp4',
  voice: 'ogg',
  video_note: 'mp4',
  sticker: 'webp',
  live_photo: 'mp4',
};

/** Keeps a file under new ids. */
export function storeFile(
  cloud: Cloud,
  kind: string,
  bytes: Uint8Array,
  name?: string,
): StoredFile {
  const number = cloud.next('file');
  const extension = /\.(\w+)$/.exec(name ?? '')?.[1] ?? extensions[kind] ?? 'dat';
  const file: StoredFile = {
    file_id: `${kind}-${number}`,
    file_unique_id: `unique-${number}`,
    file_size: bytes.byteLength,
    file_path: `${kind}s/file_${number}.${extension}`,
    bytes,
  };
  cloud.files.set(file.file_id, file);
  return file;
}

/** Turns what a call names (an upload, an address, a file id) into the file. */
export function fileOf(
  cloud: Cloud,
  kind: string,
  value: unknown,
  uploads: Uploads,
): StoredFile & { readonly name?: string } {
  if (typeof value !== 'string' || value === '') {
    return reject(400, `Bad Request: there is no ${kind.replaceAll('_', ' ')} in the request`);
  }
  if (value.startsWith('attach://')) {
    const upload = uploads.get(value.slice('attach://'.length));
    if (upload === undefined)
      return reject(400, 'Bad Request: wrong file identifier/HTTP URL specified');
    if (upload.bytes.byteLength === 0) return reject(400, 'Bad Request: file must be non-empty');
    return { ...storeFile(cloud, kind, upload.bytes, upload.name), name: upload.name };
  }
  const known = cloud.files.get(value);
  if (known !== undefined) return known;
  if (/^https?:\/\//.test(value))
    return {
      ...storeFile(cloud, kind, new Uint8Array(1), value),
      name: value.split('/').at(-1) ?? value,
    };
  // An id that a test made up stands for a file that Telegram has had for long.
  const file = { ...storeFile(cloud, kind, new Uint8Array(1)), file_id: value };
  cloud.files.set(value, file);
  return file;
}

/** A file as a message holds it. */
export function mediaContent(
  kind: MediaField,
  file: StoredFile & { readonly name?: string },
  payload: Payload,
): unknown {
  const { file_id, file_unique_id, file_size, name } = file;
  const base = { file_id, file_unique_id, file_size };
  switch (kind) {
    case 'photo':
      return [90, 320, 800].map((width) => ({
        ...base,
        ...(width === 800
          ? {}
          : { file_id: `${file_id}-${width}`, file_unique_id: `${file_unique_id}-${width}` }),
        width,
        height: (width * 3) / 4,
      }));
    case 'sticker':
      return {
        ...base,
        type: 'regular',
        width: 512,
        height: 512,
        is_animated: false,
        is_video: false,
        emoji: textParameter(payload, 'emoji') ?? '👍',
      };
    case 'voice':
      return { ...base, duration: Number(payload['duration'] ?? 3), mime_type: 'audio/ogg' };
    case 'audio':
      return {
        ...base,
        duration: Number(payload['duration'] ?? 3),
        mime_type: 'audio/mpeg',
        file_name: name ?? 'audio.mp3',
        ...pick(payload, ['performer', 'title']),
      };
    case 'document':
      return { ...base, file_name: name ?? 'document.dat', mime_type: 'application/octet-stream' };
    case 'video_note':
      return { ...base, length: 240, duration: Number(payload['duration'] ?? 3) };
    default:
      return {
        ...base,
        width: 640,
        height: 480,
        duration: Number(payload['duration'] ?? 3),
        mime_type: 'video/mp4',
        file_name: name ?? `${kind}.mp4`,
      };
  }
}

/** The named fields of an object that are there. */
export function pick(from: Payload, fields: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    fields.filter((field) => from[field] !== undefined).map((field) => [field, from[field]]),
  );
}
