// SHA-256 of OpenSSL's libcrypto, linked statically: five of its objects, 22 KB. The functions for
// any algorithm (`EVP_…`) would bring 4 MB of providers, and the shared library costs every run
// 2 ms. Since 3.0 OpenSSL calls these deprecated in favour of those; it keeps them all the same.
#pragma once
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>
