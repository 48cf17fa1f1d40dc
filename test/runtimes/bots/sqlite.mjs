import { sqliteStorage } from '@telefsm/storage-sqlite';
import { answers } from './bot.mjs';

try {
  void answers(sqliteStorage(process.argv[2])).then(() => process.exit(0));
} catch (error) {
  // Node prints no message for an error that leaves a minified bundle of one long line.
  console.log(error.message);
  process.exitCode = 1;
}
