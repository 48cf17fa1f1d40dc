/** Messages for users when something failed. Loaded with the first one. */

import { type TextName, type Texts, textOf } from '../conversation/texts.ts';
import type { OpenTurn } from './runtime.ts';

/** Sends the user of a failed turn the text `failed`. */
export async function apologize(turn: OpenTurn, texts: Texts): Promise<void> {
  await turn.tell(await textOf(texts, 'failed', turn));
  await turn.answerCallback({});
}

/** A text of the active scene, or of the machine where it has none. */
export async function textFor(turn: OpenTurn, name: TextName): Promise<string> {
  const { copy, registry, rt } = turn;
  const { scene } = copy.top;
  const own = scene === null ? undefined : registry.scenes.get(scene)?.behavior.texts;
  return textOf({ ...rt.options.defaults.texts, ...own }, name, turn);
}
