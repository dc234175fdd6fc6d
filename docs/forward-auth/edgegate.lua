-- HAProxy asks Edgegate about each request: docs/forward-auth/haproxy.cfg says where this is called.
local gateway = assert(os.getenv("EDGEGATE"), "EDGEGATE is not set")
local gateway_host = assert(os.getenv("EDGEGATE_HOST"), "EDGEGATE_HOST is not set")
local secret = assert(os.getenv("EDGEGATE_CHECK_SECRET"), "EDGEGATE_CHECK_SECRET is not set")

-- What the site is told; the gateway's answer holds each of them, empty where there is nothing to say.
local TOLD = {
  "remote-user", "remote-email", "remote-name", "remote-groups", "remote-sub", "x-auth-assertion",
  "cookie", "authorization",
}
-- What concerns one connection only, or is about to be set.
local NOT_SENT = {
  ["connection"] = true, ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["upgrade"] = true,
  ["transfer-encoding"] = true, ["content-length"] = true, ["host"] = true, ["expect"] = true,
}
local NOT_ANSWERED = { ["connection"] = true, ["keep-alive"] = true, ["transfer-encoding"] = true, ["content-length"] = true }

local function first(headers, name)
  local values = headers and headers[name]
  return values and values[0] or ""
end

-- HAProxy counts values from 0 in what it hands over and from 1 in what it takes.
local function values_of(list)
  local values = {}
  for index = 0, #list do
    if list[index] then values[#values + 1] = list[index] end
  end
  return values
end

local function reply_with(txn, status, headers, body)
  local reply = txn:reply({ status = status })
  for name, list in pairs(headers) do
    if not NOT_ANSWERED[name] then
      for _, value in ipairs(values_of(list)) do reply:add_header(name, value) end
    end
  end
  reply:set_body(body)
  txn:done(reply)
end

core.register_action("edgegate", { "http-req" }, function(txn)
  local headers = {}
  for name, list in pairs(txn.http:req_get_headers()) do
    if not NOT_SENT[name] then headers[name] = values_of(list) end
  end
  headers["host"] = { gateway_host }
  headers["x-edgegate-check"] = { secret }
  headers["x-edgegate-proxy"] = nil
  headers["x-forwarded-method"] = { txn.sf:method() }
  headers["x-forwarded-proto"] = { txn.sf:ssl_fc() == 1 and "https" or "http" }
  headers["x-forwarded-host"] = { txn.sf:req_hdr("host") }
  headers["x-forwarded-uri"] = { txn.sf:pathq() }
  headers["x-forwarded-for"] = { txn.sf:src() }

  local answer = core.httpclient():get({ url = gateway .. "/auth/check/haproxy", headers = headers, timeout = 5000 })
  -- No answer is no permission.
  if not answer or not answer.status or answer.status == 0 then
    return reply_with(txn, 503, { ["content-type"] = { [0] = "text/plain" } }, "The sign-in service does not answer.\n")
  end
  -- Only the gateway's own "yes" is one. Any other answer goes to the visitor as it is.
  if answer.status ~= 200 or first(answer.headers, "x-edgegate-decision") ~= "allow" then
    return reply_with(txn, answer.status, answer.headers, answer.body or "")
  end
  for _, name in ipairs(TOLD) do
    local value = first(answer.headers, name)
    if value == "" then txn.http:req_del_header(name) else txn.http:req_set_header(name, value) end
  end
  -- A session that remember-me restored, or that a guest was given.
  for number = 1, 3 do
    local cookie = first(answer.headers, "x-edgegate-set-cookie-" .. number)
    if cookie ~= "" then txn:set_var("txn.edgegate_cookie_" .. number, cookie) end
  end
end, 0)
