/** Bodies of requests to the Bot API: JSON, forms and uploads (Bot API, Making requests). */
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
 * Forms with files are read here and not by the platform: grammY's are well-formed, but leave out the blanks and quotes that Node's parser insists on.
 *
 * @throws SyntaxError for what is not of its type
 */
export function readBody(contentType: string | undefined, body: Buffer): RequestBody {
  if (body.length === 0) return { payload: {}, uploads: new Map() };
  const type = contentType?.split(';')[0]?.trim().toLowerCase();
  if (type === 'multipart/form-data') return readForm(body, boundaryIn(contentType ?? ''));
  if (type === 'application/x-www-form-urlencoded') {
    return {
      payload: Object.fromEntries(new URLSearchParams(body.toString())),
      uploads: new Map(),
    };
  }
  const json: unknown = JSON.parse(body.toString());
  if (typeof json !== 'object' || json === null)
    throw new SyntaxError('The body is no JSON object.');
  return { payload: json as Payload, uploads: new Map() };
}

function boundaryIn(contentType: string): string {
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType);
  if (boundary === null) throw new SyntaxError('The form has no boundary.');
  return (boundary[1] ?? boundary[2]) as string;
}

function readForm(body: Buffer, boundary: string): RequestBody {
  const payload: Record<string, unknown> = {};
  const uploads = new Map<string, Upload>();
  for (const part of partsOf(body, `--${boundary}`)) {
    const head = part.indexOf('\r\n\r\n');
    if (head < 0) throw new SyntaxError('A part of the form has no header.');
    const header = part.subarray(0, head).toString();
    const content = part.subarray(head + 4);
    const name = parameter(header, 'name');
    const filename = parameter(header, 'filename');
    if (name === undefined) throw new SyntaxError('A part of the form has no name.');
    if (filename === undefined) payload[name] = content.toString();
    else {
      uploads.set(name, { name: filename, bytes: new Uint8Array(content) });
      // A file may be sent as the parameter itself, or apart from it under a name that attach:// refers to.
      payload[name] ??= `attach://${name}`;
    }
  }
  return { payload, uploads };
}

function* partsOf(body: Buffer, delimiter: string): Generator<Buffer> {
  let from = body.indexOf(delimiter);
  while (from >= 0) {
    const start = from + delimiter.length;
    if (body.subarray(start, start + 2).toString() === '--') return;
    const end = body.indexOf(`\r\n${delimiter}`, start);
    if (end < 0) throw new SyntaxError('The form does not end.');
    yield body.subarray(start + 2, end);
    from = end + 2;
  }
}

function parameter(header: string, name: string): string | undefined {
  const found = new RegExp(`[;\\s]${name}=(?:"([^"]*)"|([^;\\s]+))`, 'i').exec(header);
  return found === null ? undefined : (found[1] ?? found[2]);
}
