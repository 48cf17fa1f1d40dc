import { mysqlStorage } from '@telefsm/storage-mysql';
import { createPool } from 'mysql2/promise';
import { answers } from './bot.mjs';

const pool = createPool(process.argv[2]);
void answers(mysqlStorage(pool, { table: process.argv[3] })).then(() => process.exit(0));
