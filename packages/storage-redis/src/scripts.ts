/**
 * The statements of the storage, as scripts: each runs whole or not at all, and reads the server's clock.
 *
 * One hash per conversation. `r` is the record, `s` the state, `l` the lock ("until token", empty when free) and `f` the fence. `w` are the waiters ("channel token", one per line; the
 * channel after an asterisk where listeners of other nodes are not counted). `d` is the deadline, `e` the expiry, and `k` the latest instant at which the deadline index looks at it. Instants are milliseconds of the server's clock.
 *
 * Each script has one key, also where it could use two of one slot: a script with one missing key of two fails while the
 * slot is being moved. Arguments that are empty at the end are left out: each of them costs the client and the server about as much as a field.
 */

import { leaseTimes } from '@telefsm/core/storage';

const { handOver, longest, emptyRow } = leaseTimes;

const clock = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)`;

/**
 * Acquires and reads. Arguments: token, lease, channel (without one no waiter is registered).
 *
 * Answers {fence}, with a record {fence, text}, with a deadline {fence, text, ms until it, ms until the index looks}; while held
 * {0, ms, owner, fence}.
 */
export const acquireScript: string = String.raw`
local key, token, channel = KEYS[1], ARGV[1], ARGV[3] or ''
local lock, waiters, text, deadline, expiry, indexed, fence = unpack(redis.call('HMGET', key, 'l', 'w', 'r', 'd', 'e', 'k', 'f'), 1, 7)
${clock}
local ends, owner = 0, ''
if lock and lock ~= '' then
  local space = string.find(lock, ' ', 1, true)
  ends, owner = tonumber(string.sub(lock, 1, space - 1)), string.sub(lock, space + 1)
end
local short = now + ARGV[2]
if ends > now and owner ~= token then
  if ends > now + ${longest} then
    -- the clock went back: a holder that is alive renews
    ends = short
    redis.call('HSET', key, 'l', string.format('%.0f ', ends) .. owner)
  end
  local waiter = channel .. ' ' .. token
  if channel ~= '' and not string.find('\n' .. (waiters or '') .. '\n', '\n' .. waiter .. '\n', 1, true) then
    redis.call('HSET', key, 'w', waiters and waiters .. '\n' .. waiter or waiter)
  end
  return {0, math.ceil(ends - now), owner, tonumber(fence or '') or 0}
end
if waiters and string.find(waiters, token, 1, true) then
  local rest = {}
  for waiter in string.gmatch(waiters, '[^\n]+') do
    if string.sub(waiter, string.find(waiter, ' ', 1, true) + 1) ~= token then rest[#rest + 1] = waiter end
  end
  if #rest > 0 then redis.call('HSET', key, 'w', table.concat(rest, '\n')) else redis.call('HDEL', key, 'w') end
end
if owner == token and fence then
  fence, ends = tonumber(fence), math.min(math.max(ends, short), now + ${longest})
else
  -- microseconds, and 2 more than the one before: a continuing commit adds 1
  fence, ends = math.max((tonumber(fence or '') or 0) + 2, time[1] * 1000000 + time[2]), short
end
redis.call('HSET', key, 'l', string.format('%.0f ', ends) .. token, 'f', string.format('%.0f', fence))
expiry = expiry and tonumber(expiry)
if expiry or not text then
  -- An expiry must end neither the lock nor the record before its time.
  redis.call('PEXPIREAT', key, string.format('%.0f', math.max(now, expiry or 0) + ${emptyRow}))
end
if not text or expiry and expiry <= now then return {fence} end
if not deadline then return {fence, text} end
return {fence, text, deadline - now, indexed and indexed - now or false}`;

/**
 * Commits, renews and releases. Arguments: token, what to do ('w'rite, 'd'elete, '+' renew, '-' release), fence, text, state, ttl, deadline,
 * '1' if the index has the deadline, ms to continue holding (without them it releases).
 *
 * Answers 1 done, 3 done and the index must yet be notified, 2 done before, 0 rejected.
 */
export const settleScript: string = String.raw`
local call, format = redis.call, string.format
local key, token, what, ttl, due, keep = KEYS[1], ARGV[1], ARGV[2], ARGV[6] or '', ARGV[7] or '', ARGV[9] or ''
local lock, waiters, expiry, deadline, indexed, fence, state = unpack(call('HMGET', key, 'l', 'w', 'e', 'd', 'k', 'f', 's'), 1, 7)
local space = lock and lock ~= '' and string.find(lock, ' ', 1, true)
local owner = space and string.sub(lock, space + 1) or ''
fence = fence or '0'
local spent, found = tonumber(ARGV[3]), tonumber(fence) or 0
if owner ~= token or found ~= spent then
  return what ~= '+' and keep ~= '' and owner == token and found == spent + 1 and 2 or 0
end
local time, now
if keep ~= '' or waiters or ttl ~= '' or due ~= '' then
  time = call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end

local held = ''
if what == '+' then
  held = format('%.0f %s', now + keep, token)
elseif keep ~= '' then
  held = format('%.0f %s', math.max(tonumber(string.sub(lock, 1, space - 1)), now + keep), token)
  fence = format('%.0f', spent + 1)
elseif waiters then
  local rest = {}
  for waiter in string.gmatch(waiters, '[^\n]+') do
    if held ~= '' then
      rest[#rest + 1] = waiter
    else
      local gap = string.find(waiter, ' ', 1, true)
      local following = string.sub(waiter, gap + 1)
      local elsewhere = string.sub(waiter, 1, 1) == '*'
      local granted = format('%.0f', math.max(spent + 2, time[1] * 1000000 + time[2]))
      -- A user without the right to publish releases it, too.
      local receivers = redis.pcall('PUBLISH', string.sub(waiter, elsewhere and 2 or 1, gap - 1), following .. ' ' .. granted)
      if type(receivers) == 'number' and (receivers > 0 or elsewhere) then
        held = format('%.0f %s', now + ${handOver}, following)
        fence = granted
      end
    end
  end
  if #rest > 0 then call('HSET', key, 'w', table.concat(rest, '\n')) else call('HDEL', key, 'w') end
end

local answer = 1
if what == 'w' then
  call('HSET', key, 'r', ARGV[4] or '', 's', ARGV[5] or '', 'l', held, 'f', fence)
  if due ~= '' then
    local at = now + due
    local text = format('%.0f', at)
    indexed = indexed and tonumber(indexed)
    if ARGV[8] ~= '1' and indexed and indexed > now and indexed <= at then
      call('HSET', key, 'd', text)
    else
      call('HSET', key, 'd', text, 'k', text)
      if ARGV[8] ~= '1' then answer = 3 end
    end
  elseif deadline then
    call('HDEL', key, 'd', 'k')
  end
  if ttl ~= '' then
    local at = now + ttl
    call('HSET', key, 'e', format('%.0f', at))
    call('PEXPIREAT', key, format('%.0f', held == '' and at or at + ${emptyRow}))
  elseif expiry or not state then
    if expiry then call('HDEL', key, 'e') end
    -- The lock of an empty conversation has left an expiry too, which must not end the record.
    call('PERSIST', key)
  end
elseif what == 'd' then
  if held == '' then
    call('DEL', key)
  else
    call('HDEL', key, 'r', 's', 'd', 'e', 'k')
    call('HSET', key, 'l', held, 'f', fence)
    call('PEXPIRE', key, ${emptyRow})
  end
else
  call('HSET', key, 'l', held, 'f', fence)
  if held == '' then
    if call('HEXISTS', key, 'r') == 0 then call('DEL', key)
    elseif expiry then call('PEXPIREAT', key, expiry) end
  end
end
return answer`;

/** Reads without acquiring. Answers {text, state, ms until the deadline or nil}, or {} without a record. */
export const peekScript: string = `
local text, state, deadline, expiry = unpack(redis.call('HMGET', KEYS[1], 'r', 's', 'd', 'e'), 1, 4)
${clock}
if not text or expiry and tonumber(expiry) <= now then return {} end
return {text, state, deadline and deadline - now or false}`;

/**
 * Notifies the deadline index when to look. Arguments: member, ms from now.
 *
 * An earlier look stays. Scores of claimed entries have a fraction; arming takes it away, so that the process that claimed the entry leaves it alone.
 */
export const wakeScript: string = `
${clock}
local at, present = now + ARGV[2], redis.call('ZSCORE', KEYS[1], ARGV[1])
if present then at = math.min(at, math.floor(tonumber(present))) end
redis.call('ZADD', KEYS[1], string.format('%.0f', at), ARGV[1])`;

/**
 * Claims entries that are due. Arguments: limit, claim in ms, prefix, how many entries to skip, how many to look at.
 *
 * Entries of another prefix stay where they are. Answers {score, members, how many to skip next time}.
 */
export const claimScript: string = `
${clock}
local limit, prefix, skip, look = tonumber(ARGV[1]), ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local found = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', skip, look)
local members, others = {}, 0
local score = string.format('%.0f.5', math.floor(now + ARGV[2]))
for _, member in ipairs(found) do
  if string.sub(member, 1, #prefix) ~= prefix then others = others + 1
  elseif #members < limit then
    members[#members + 1] = member
    redis.call('ZADD', KEYS[1], 'XX', score, member)
  end
end
-- Those that were looked at hide what is behind them: the next call begins there, and after the last one at the front again.
if #members < limit then skip = #found == look and skip + others or 0 end
return {score, members, skip}`;

/** The expected index entry of a conversation: {1 if leased, 1 if due, score or '' for none}. */
export const lookScript: string = `
local lock, text, deadline, expiry, indexed = unpack(redis.call('HMGET', KEYS[1], 'l', 'r', 'd', 'e', 'k'), 1, 5)
${clock}
local held = lock and lock ~= '' and 1 or 0
if not text or not deadline or expiry and tonumber(expiry) <= now then return {held, 0, ''} end
-- Commits rely on a look that is still to come; one in the past they arm again.
local score = indexed and tonumber(indexed) > now and indexed or deadline
return {held, tonumber(deadline) <= now and 1 or 0, score}`;

/** Ends a claim, unless the entry has changed since. Arguments: member, score of the claim, score to set or '' to remove. */
export const unclaimScript: string = `
local present = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not present or tonumber(present) ~= tonumber(ARGV[2]) then return 0 end
if ARGV[3] == '' then redis.call('ZREM', KEYS[1], ARGV[1]) else redis.call('ZADD', KEYS[1], ARGV[3], ARGV[1]) end
return 1`;

/** Reads how the conversations are laid out, or records it at the first use. Arguments: format, buckets. Answers both. */
export const layoutScript: string = `
local format, buckets = unpack(redis.call('HMGET', KEYS[1], 'format', 'buckets'), 1, 2)
if format then return {format, buckets} end
redis.call('HSET', KEYS[1], 'format', ARGV[1], 'buckets', ARGV[2])
return {ARGV[1], ARGV[2]}`;
