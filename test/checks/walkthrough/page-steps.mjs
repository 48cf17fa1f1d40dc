/** The steps of a page that its reader follows. */

import { blocksIn } from '../../../scripts/lib/markdown.mjs';
import { read } from '../../../scripts/lib/workspace.mjs';

/**
 * The steps of a page, in order: `{ kind, where, text, file }`.
 *
 * `commands` is an `sh` block. `write` is a block of code behind a line that names its file (`` `bot.ts`: ``), `edit` a `diff` behind such a
 * line. `talk` is a `text transcript`, or a `text walkthrough`, which needs more than one bot in one process. Other blocks are not steps.
 *
 * @param heading - only the section under it
 */
export function stepsOf(page, heading) {
  const lines = read(page).split('\n');
  const [from, to] = section(page, lines, heading);
  return blocksIn(lines)
    .filter((block) => block.from > from && block.from <= to)
    .flatMap((block) => {
      const { language, words } = block;
      const file = fileAbove(lines, block.from);
      const kind =
        language === 'sh'
          ? 'commands'
          : language === 'text'
            ? /^(transcript|walkthrough)$/.test(words) && 'talk'
            : file && (language === 'diff' ? 'edit' : 'write');
      const text = block.lines.map((each) => each.text).join('\n');
      return kind ? [{ kind, where: `${page}:${block.from}`, text, file }] : [];
    });
}

function section(page, lines, heading) {
  if (heading === undefined) return [0, lines.length];
  const from = lines.indexOf(`## ${heading}`);
  if (from < 0) throw new Error(`${page} has no section '${heading}'.`);
  const next = lines.findIndex((line, at) => at > from && line.startsWith('## '));
  return [from, next < 0 ? lines.length : next];
}

/** The file that the line above a block names, if that line ends with a colon. */
function fileAbove(lines, from) {
  const above = lines.slice(0, from - 1).findLast((line) => line.trim() !== '') ?? '';
  return /`([\w-]+(?:\.[\w-]+)*\.(?:ts|json|mjs))`[^`]*:$/.exec(above)?.[1];
}
