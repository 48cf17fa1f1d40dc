import { memoryStorage } from '@telefsm/grammy';
import { answers } from './bot.mjs';

void answers(memoryStorage()).then(() => process.exit(0));
