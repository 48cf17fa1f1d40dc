import { expect, it } from 'vitest';
import { textNames } from '../src/conversation/text-rules.ts';
import { defaultTexts } from '../src/conversation/texts.ts';

it('the check of texts has the name of every text', () => {
  expect(textNames).toEqual(Object.keys(defaultTexts));
});
