import { addresses } from './addresses.ts';
import { answers } from './answers.ts';
import { buttons } from './buttons.ts';
import { messages } from './messages.ts';
import { openings } from './openings.ts';
import { payments } from './payments.ts';
import { suite } from './table.ts';

suite(
  'payments, buttons and hostile input',
  [
    'P1',
    'P2',
    'P3',
    'P4',
    'P5',
    'P6',
    'P7',
    'P8',
    'P9',
    'P10',
    'P11',
    'P12',
    'P13',
    'P14',
    'P15',
    'P16',
    'P17',
    'P18',
  ],
  { ...payments, ...answers, ...messages, ...buttons, ...openings, ...addresses },
);
