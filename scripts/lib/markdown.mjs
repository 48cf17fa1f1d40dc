/** The code blocks of Markdown. */

/**
 * Reads the fenced blocks of a text: of each its language, the words behind it, the number of its first line, and its lines as
 * `{ text, line }`. One that is not closed has `open: true`.
 */
export function blocksIn(lines) {
  const blocks = [];
  let block;
  for (const [at, text] of lines.entries()) {
    const fence = /^\s*(`{3,})\s*(.*)$/.exec(text);
    if (!block && fence) {
      const [language, ...words] = fence[2].split(/\s+/);
      block = { fence: fence[1], language, words: words.join(' '), from: at + 1, lines: [] };
    } else if (block && fence?.[2] === '' && fence[1].length >= block.fence.length) {
      blocks.push(block);
      block = undefined;
    } else if (block) block.lines.push({ text, line: at + 1 });
  }
  return block ? [...blocks, { ...block, open: true }] : blocks;
}
