import { choices } from './choices.ts';
import { data } from './data.ts';
import { definitions } from './definitions.ts';
import { keyboards } from './keyboards.ts';
import { suite } from './table.ts';
import { trees } from './trees.ts';

suite(
  'flows, scenes and trees as authors write them',
  ['F1', 'F2', 'F5', 'F7', 'F9', 'F10', 'F11', 'F12', 'F13', 'F14', 'F15', 'F16', 'F17'],
  { ...keyboards, ...choices, ...data, ...definitions, ...trees },
);
