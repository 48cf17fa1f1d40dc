import { sqliteStorage } from '@telefsm/storage-sqlite';
import { answers } from './bot.mjs';

void answers(sqliteStorage(process.argv[2])).then(() => process.exit(0));
