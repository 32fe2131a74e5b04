-- Random paths for wrk: its arguments are a file of paths, one a line, and a seed.
local requests = {}

function init(arguments)
  math.randomseed(tonumber(arguments[2]))
  for path in io.lines(arguments[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  return requests[math.random(#requests)]
end

function done(summary)
  local errors = summary.errors
  local broken = errors.connect + errors.read + errors.write + errors.timeout
  io.write(string.format("RESULT %d %d %d %d %d\n",
    summary.requests, summary.duration, summary.bytes, errors.status, broken))
end
