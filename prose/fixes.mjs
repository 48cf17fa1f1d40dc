/** Replaces words in the files that people read, outside code. */

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectFiles, read, root } from '../scripts/lib/workspace.mjs';

/** Patterns of prose in source files and in test files. */
const prose = {
  comments: /\/\*\*[\s\S]*?\*\/|^\s*\/\/ .*$/gm,
  testNames:
    /(?<=\b(?:it|test|describe)(?:\.\w+)*\(\s*)(?:'[^'\n]*'|"[^"\n]*"|`[^`\n]*`)|(?<=\)\(\s*)'[^'\n]*'(?=,\s*(?:async\s*)?\()/g,
};

/**
 * Replaces the words in all files.
 *
 * @param replace - pairs of a word and its replacement
 * @param exceptions - lines that stay as they are
 */
export function fixWords(replace, exceptions) {
  change(/^(?!api\/).+\.md$/, inMarkdown);
  change(/^packages\/[^/]+\/src\/.+\.ts$/, (text) => text.replace(prose.comments, fixed));
  change(/(?:\.test\.ts|\.runtimes\.ts|\.check\.mjs|\.test\.mjs)$/, (text) =>
    text.replace(prose.testNames, fixed),
  );

  function change(files, to) {
    for (const path of projectFiles(files)) {
      const before = read(path);
      const after = to(before);
      if (after !== before) writeFileSync(join(root, path), after);
    }
  }

  function fixed(text) {
    return text.split('\n').map(line).join('\n');
  }

  function line(text) {
    if (exceptions.some((each) => each.test(text))) return text;
    // Code and the targets of links stay.
    return text
      .split(/(`[^`]*`|\]\([^)]*\)|@\w+|\{@link [^}]*\})/)
      .map((part, at) => (at % 2 ? part : words(part)))
      .join('');
  }

  function words(text) {
    let result = text;
    for (const [word, by] of replace) {
      result = result.replace(new RegExp(`(?<![\\w.-])${word}(?![\\w-])`, 'g'), by);
      result = result.replace(
        new RegExp(`(?<![\\w.-])${capital(word)}(?![\\w-])`, 'g'),
        capital(by),
      );
    }
    return result;
  }

  function inMarkdown(text) {
    let isCode = false;
    return text
      .split('\n')
      .map((each) => {
        if (/^\s*```/.test(each)) isCode = !isCode;
        return isCode ? each : line(each);
      })
      .join('\n');
  }
}

const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
