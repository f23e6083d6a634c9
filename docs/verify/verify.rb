# gem install jwt
require "json"
require "jwt"
require "net/http"

ALGORITHMS = %w[ES256 RS256].freeze

# Keys are kept for five minutes, and read again for a name that is not known, at most every ten seconds.
class PublishedKeys
  def initialize(uri)
    @uri = URI(uri)
    @lock = Mutex.new
    @read_at = -Float::INFINITY
  end

  def call(options)
    @lock.synchronize do
      age = Process.clock_gettime(Process::CLOCK_MONOTONIC) - @read_at
      read if age > 300 || (options[:kid_not_found] && age > 10)
      @keys
    end
  end

  private

  def read
    patience = { open_timeout: 5, read_timeout: 5 }
    answer = Net::HTTP.start(@uri.host, @uri.port, use_ssl: @uri.scheme == "https", **patience) do |http|
      http.get(@uri.request_uri)
    end
    raise JWT::DecodeError, "keys: #{answer.code}" unless answer.is_a?(Net::HTTPOK)

    keys = JSON.parse(answer.body).fetch("keys")
    @keys = { "keys" => keys.select { |key| ALGORITHMS.include?(key["alg"]) } }
    @read_at = Process.clock_gettime(Process::CLOCK_MONOTONIC)
  end
end

KEYS = PublishedKeys.new(ENV.fetch("COUNTERSIGN_JWKS_URI"))

# The claims of a good access token; raises JWT::DecodeError for every other.
def verify_access_token(token)
  claims, header = JWT.decode(
    token, nil, true,
    algorithms: ALGORITHMS,
    jwks: KEYS,
    iss: ENV.fetch("COUNTERSIGN_ISSUER"), verify_iss: true,
    aud: ENV.fetch("COUNTERSIGN_AUDIENCE"), verify_aud: true,
    required_claims: %w[exp sub]
  )
  raise JWT::DecodeError, "not an access token" unless header["typ"] == "at+jwt" && claims["token_type"] == "access"

  claims
rescue NoMethodError, TypeError # the library's answer to a header or claims that are no object
  raise JWT::DecodeError, "not a JWT"
end

if __FILE__ == $PROGRAM_NAME
  $stdout.sync = true
  refused = false
  $stdin.each_line(chomp: true) do |token|
    puts verify_access_token(token)["username"]
  rescue JWT::DecodeError => error
    puts "refused: #{error.message}"
    refused = true
  end
  exit !refused
end
