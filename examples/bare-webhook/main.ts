/** Runs the bot as a server: `BOT_TOKEN=… WEBHOOK_SECRET=… npm start`. */

import { serve } from 'srvx';
import { makeBot } from './bot.ts';

const { BOT_TOKEN, WEBHOOK_SECRET = '' } = process.env;
if (!BOT_TOKEN) throw new Error('Set BOT_TOKEN to the token that @BotFather gave you.');

const { machine, port, handler } = makeBot({ token: BOT_TOKEN, secret: WEBHOOK_SECRET });
machine.start(port); // timeouts
serve({ fetch: handler });
