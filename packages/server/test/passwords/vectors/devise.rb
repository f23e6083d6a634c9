# Makes vectors with Devise's own encryptor. Those without a pepper are plain bcrypt; those with one get our mark in
# front, as an import does it.
#
# Run: ruby devise.rb > devise.json (made with Devise 4.8.1, bcrypt-ruby 3.1.18, Ruby 3.1)
require 'json'
require 'devise'

Model = Struct.new(:stretches, :pepper)
passwords = JSON.parse(File.read(File.join(__dir__, 'passwords.json')))
plain = Model.new(4, nil)
peppered = Model.new(4, 'pepper of the old deployment')

vectors = passwords.map { |word| ['bcrypt, Devise', word, Devise::Encryptor.digest(plain, word)] }
vectors += passwords.map do |word|
  ['bcrypt_pepper', word, "devise$#{Devise::Encryptor.digest(peppered, word)}"]
end
puts JSON.pretty_generate(vectors)
