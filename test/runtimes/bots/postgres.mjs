import { postgresStorage } from '@telefsm/storage-postgres';
import pg from 'pg';
import { answers } from './bot.mjs';

const pool = new pg.Pool({ connectionString: process.argv[2] });
void answers(postgresStorage(pool)).then(() => process.exit(0));
