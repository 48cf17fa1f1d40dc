/** Bodies of requests to the Bot API: JSON, forms and uploads (Bot API, Making requests). */
import { Busboy, type BusboyHeaders } from '@fastify/busboy';
import type { Payload } from '../cloud/raw.ts';
import type { Upload, Uploads } from '../methods/parameters.ts';

/** The parameters of a request. */
export interface RequestBody {
  readonly payload: Payload;
  readonly uploads: Uploads;
}

/**
 * Reads a body by its content type.
 *
 * @throws SyntaxError or Error for a body that is not of its type
 */
export async function readBody(
  contentType: string | undefined,
  body: Buffer,
): Promise<RequestBody> {
  if (body.length === 0) return { payload: {}, uploads: new Map() };
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'multipart/form-data') return readForm(contentType as string, body);
  if (type === 'application/x-www-form-urlencoded') {
    return {
      payload: Object.fromEntries(new URLSearchParams(body.toString())),
      uploads: new Map(),
    };
  }
  const json: unknown = JSON.parse(body.toString());
  if (typeof json !== 'object' || json === null)
    throw new SyntaxError('The body is not a JSON object.');
  return { payload: json as Payload, uploads: new Map() };
}

/** The largest text of a parameter and the largest file, in bytes; both are larger than anything Telegram accepts. */
const limits = { fieldSize: 16 << 20, fileSize: 2 ** 31 };

function readForm(contentType: string, body: Buffer): Promise<RequestBody> {
  return new Promise((resolve, reject) => {
    const payload: Record<string, unknown> = {};
    const uploads = new Map<string, Upload>();
    const headers: BusboyHeaders = { 'content-type': contentType };
    const form = new Busboy({ headers, limits });
    form.on('field', (name, value) => {
      payload[name] = value;
    });
    form.on('file', (field, stream, filename) => {
      const chunks: Buffer[] = [];
      stream.on('error', reject);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        uploads.set(field, { name: filename, bytes: new Uint8Array(Buffer.concat(chunks)) });
        // A file is either the parameter itself, or sent apart from it under a name that attach:// refers to.
        payload[field] ??= `attach://${field}`;
      });
    });
    form.on('error', reject);
    form.on('finish', () => resolve({ payload, uploads }));
    form.end(body);
  });
}
