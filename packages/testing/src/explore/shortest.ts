/** Makes the path to a fault as short and plain as it goes, by fast-check's shrinking. */
import fc from 'fast-check';
import { silenceKey } from './atlas.ts';
import { type Finding, findingsIn, inputKindOf } from './fault.ts';
import { type Move, pathsLike } from './move.ts';
import type { Outcome, Walk } from './walk.ts';

/** The shortest path that was found, and the conversation on it. */
export interface Shortest {
  readonly path: readonly Move[];
  /** How the fault words itself on that path. */
  readonly finding: Finding;
  readonly transcript: string;
}

/** So many simpler paths are tried for one fault. */
const mostTries = 400;

/** Does simpler and simpler paths as long as they show the fault. */
export async function shortest(
  finding: Finding,
  path: readonly Move[],
  { start, strict }: { start(): Promise<Walk>; readonly strict: boolean },
): Promise<Shortest> {
  let best: Shortest = { path, finding, transcript: '' };
  let tries = 0;
  const property = fc.asyncProperty(pathsLike(path), async (simpler) => {
    if (tries++ >= mostTries) return true;
    const shown = await showing(finding, simpler, start, strict);
    if (shown !== undefined) best = shown;
    return shown === undefined;
  });
  await fc.check(property, { numRuns: 1, seed: 1, examples: [[path]] });
  return best;
}

async function showing(
  finding: Finding,
  path: readonly Move[],
  start: () => Promise<Walk>,
  strict: boolean,
): Promise<Shortest | undefined> {
  const walk = await start();
  const done: Move[] = [];
  try {
    if (path.length === 0) return undefined;
    for (const move of path) {
      const outcome = await walk.go(move);
      if (outcome === undefined) continue;
      done.push(move);
      const found = shownBy(outcome, finding, strict);
      if (found !== undefined) return { path: done, finding: found, transcript: walk.transcript() };
    }
    return undefined;
  } finally {
    await walk.end();
  }
}

function shownBy(outcome: Outcome, finding: Finding, strict: boolean): Finding | undefined {
  switch (finding.kind) {
    case 'dead-end':
    case 'endless-loop':
      return outcome.after === finding.state ? finding : undefined;
    case 'silence': {
      const kind = inputKindOf(outcome.move);
      const silent = kind !== undefined && !outcome.noticed && outcome.errors.length === 0;
      return silent && silenceKey(outcome.before, kind) === finding.key ? finding : undefined;
    }
    default:
      return findingsIn(outcome, strict).find(({ key }) => key === finding.key);
  }
}
