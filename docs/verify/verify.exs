# mix.exs: {:jose, "~> 1.11"}, {:jason, "~> 1.4"}
defmodule AccessToken do
  @doc "`{:ok, claims}` of a good access token; `{:error, reason}` for every other."
  def verify(token) do
    issuer = System.fetch_env!("COUNTERSIGN_ISSUER")
    audience = System.fetch_env!("COUNTERSIGN_AUDIENCE")
    now = System.os_time(:second)

    with {:ok, %{} = header} <- header(token),
         {:ok, %{"alg" => alg} = key} when alg in ["ES256", "EdDSA", "RS256"] <- key(header["kid"]),
         {true, payload, _} <- :jose_jws.verify_strict(:jose_jwk.from_map(key), [alg], token),
         %{"iss" => ^issuer, "aud" => ^audience, "exp" => exp, "sub" => _} = claims <- :jose.decode(payload),
         {:valid, true} <- {:valid, is_integer(exp) and exp > now},
         {"at+jwt", "access"} <- {header["typ"], claims["token_type"]} do
      {:ok, claims}
    else
      {:error, reason} -> {:error, reason}
      {false, _, _} -> {:error, "another signature"}
      {:valid, false} -> {:error, "expired"}
      %{} -> {:error, "another issuer or audience, or a claim is missing"}
      _ -> {:error, "not an access token"}
    end
  end

  defp header(token) do
    {:ok, token |> :jose_jws.peek_protected() |> :jose.decode()}
  rescue
    _ -> {:error, "not a JWT"}
  end

  # Keys are kept for five minutes, and read again for a name that is not known, at most every ten seconds.
  defp key(kid) do
    {read_at, keys} = :persistent_term.get(__MODULE__, {nil, %{}})
    age = if read_at, do: System.monotonic_time(:second) - read_at, else: :infinity
    keys = if age > 300 or (age > 10 and not is_map_key(keys, kid)), do: read(), else: keys
    with :error <- Map.fetch(keys, kid), do: {:error, "no such key"}
  end

  defp read do
    uri = System.fetch_env!("COUNTERSIGN_JWKS_URI")
    options = [timeout: 5000, ssl: :httpc.ssl_verify_host_options(true)]
    {:ok, {{_, 200, _}, _, body}} = :httpc.request(:get, {uri, []}, options, body_format: :binary)
    keys = Map.new(:jose.decode(body)["keys"], &{&1["kid"], &1})
    :persistent_term.put(__MODULE__, {System.monotonic_time(:second), keys})
    keys
  end
end

for application <- [:inets, :ssl, :jose], do: {:ok, _} = Application.ensure_all_started(application)

status =
  for line <- IO.stream(:stdio, :line), reduce: 0 do
    status ->
      case AccessToken.verify(String.trim(line)) do
        {:ok, claims} ->
          IO.puts(claims["username"])
          status

        {:error, reason} ->
          IO.puts("refused: #{reason}")
          1
      end
  end

System.halt(status)
