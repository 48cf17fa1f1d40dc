/** The assistant is killed in each phase of an answer; another process goes on. */

import { describeKills } from './assistant.ts';

describeKills('sqlite');
