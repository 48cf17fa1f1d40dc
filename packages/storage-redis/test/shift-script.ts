/** Moves the stored instants of a conversation; the deadline index is not touched: it may look early or late. */
export const shiftScript = `
local key, ms = KEYS[1], tonumber(ARGV[1])
for _, field in ipairs({ 'd', 'e', 'k' }) do
  local at = redis.call('HGET', key, field)
  if at then redis.call('HSET', key, field, string.format('%.0f', at + ms)) end
end
local lock = redis.call('HGET', key, 'l')
if lock and lock ~= '' then
  local space = string.find(lock, ' ', 1, true)
  redis.call('HSET', key, 'l', string.format('%.0f', string.sub(lock, 1, space - 1) + ms) .. string.sub(lock, space))
end
return 1`;
