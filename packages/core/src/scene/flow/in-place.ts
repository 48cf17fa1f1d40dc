/** Questions that are all asked in one message. Loaded with the first one. */

import type { Speech } from '../../conversation/behavior.ts';
import { escapeHtml, escapeMarkdownV2 } from '../../conversation/format.ts';
import { callOf, type RichText, type Say } from '../../conversation/say.ts';
import { type FormattedStream, isStream } from '../../conversation/stream.ts';
import type { FrameRun } from '../../engine/frame-run.ts';
import { drawingOf } from '../view/drawing.ts';
import { isEditable, showInPlace, tookInput } from '../view/placing.ts';
import { retire } from '../view/shown-message.ts';

export { tookDeadline } from '../view/placing.ts';
export { retire, retireUnseen } from '../view/shown-message.ts';

/**
 * Asks in the message of the question before.
 *
 * @param below - what is wrong with the last answer
 * @returns what shows it after the commit; `undefined` if the message shows it already
 */
export function askInPlace(
  run: FrameRun,
  say: Say | FormattedStream,
  below?: Say,
): Speech | undefined {
  const joined = below === undefined || isStream(say) ? undefined : join(say, below);
  if (below !== undefined && joined === undefined) run.say(below);
  const shown = joined ?? say;
  const call = isStream(shown) ? undefined : callOf(shown, undefined);
  if (call !== undefined && isEditable(call)) return showInPlace(run, drawingOf(call));
  // an invoice, a stream and a reply keyboard are messages of their own
  retire(run);
  return () => shown;
}

/** The flow has taken a message of the user: the question stays where it is, and the message goes. */
export function tookAnswer(run: FrameRun): void {
  tookInput(run, false, true);
}

/** One text with another below; `undefined` where they cannot be one. */
function join(say: Say, below: Say): Say | undefined {
  const first = richText(say);
  const second = richText(below);
  if (first === undefined || second === undefined) return undefined;
  const mode = first.parse_mode ?? second.parse_mode;
  if (mode !== undefined && (first.entities ?? second.entities) !== undefined) return undefined;
  const escaped = ({ text, parse_mode }: RichText) =>
    parse_mode === mode
      ? text
      : mode === 'HTML'
        ? escapeHtml(text)
        : mode === 'MarkdownV2'
          ? escapeMarkdownV2(text)
          : undefined;
  const [top, bottom] = [escaped(first), escaped(second)];
  if (top === undefined || bottom === undefined) return undefined;
  const text = `${top}\n\n${bottom}`;
  const moved = (second.entities ?? []).map((entity) => ({
    ...entity,
    offset: Reflect.get(entity, 'offset') + top.length + 2,
  }));
  const entities = [...(first.entities ?? []), ...moved];
  return {
    ...first,
    text,
    ...(mode && { parse_mode: mode }),
    ...(entities.length > 0 && { entities }),
  };
}

function richText(say: Say): RichText | undefined {
  if (typeof say === 'string') return { text: say };
  return 'text' in say ? say : undefined;
}
