import { groups } from './groups.ts';
import { pollsAndPresses } from './polls-and-presses.ts';
import { suite } from './table.ts';

suite('groups, business chats and kinds of messages', ['G1', 'G2', 'G3', 'G4', 'G5'], {
  ...groups,
  ...pollsAndPresses,
});
