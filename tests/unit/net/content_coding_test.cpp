#include "net/content_coding.hpp"

#include <gtest/gtest.h>

#include <zlib.h>

namespace ringback::net {
namespace {

std::string unpacked(std::string_view packed, std::size_t size) {
    constexpr int find_out_format = 15 + 32;
    z_stream z{};
    EXPECT_EQ(inflateInit2(&z, find_out_format), Z_OK);
    std::string out(size + 1, '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    z.avail_in = static_cast<uInt>(packed.size());
    z.next_out = reinterpret_cast<Bytef*>(out.data());
    z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(::inflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    inflateEnd(&z);
    return out;
}

TEST(ContentCoding, TheClientsWeightsDecide) {
    using enum content_coding;
    struct row {
        std::string_view accept;
        content_coding expected;
    };
    for (auto [accept, expected] :
         {row{"", identity}, row{"gzip", gzip}, row{"deflate", deflate}, row{"gzip, deflate, br", gzip},
          row{"deflate, gzip", gzip}, row{"br", identity}, row{"*", gzip}, row{"GZIP", gzip}, row{"x-gzip", gzip},
          row{"gzip;q=0", identity}, row{"gzip;q=0, *", deflate}, row{"gzip;q=0.5,deflate;q=0.8", deflate},
          row{"gzip ; Q=0.5 , deflate;q=0.05", gzip}, row{"identity;q=1, *;q=0", identity}, row{"gzip;q=", identity},
          row{"gzip;level=9", identity}, row{",,;", identity}, row{"gzip;q=1.000", gzip}})
        EXPECT_EQ(preferred_coding(accept), expected) << accept;
}

TEST(ContentCoding, BodiesArePackedOneAfterTheOtherInBothFormats) {
    body_compressor compressor;
    for (std::size_t size : {0u, 1u, 1024u, 300'000u, 5u}) {
        std::string body;
        for (std::size_t i = 0; i < size; ++i)
            body += static_cast<char>('a' + (i * i) % 23);
        std::string gzip = compressor.pack(body, content_coding::gzip);
        EXPECT_TRUE(gzip.starts_with("\x1f\x8b"));
        EXPECT_EQ(unpacked(gzip, size), body);
        std::string deflate = compressor.pack(body, content_coding::deflate);
        EXPECT_TRUE(deflate.starts_with("\x78")) << "the zlib format, which HTTP calls deflate";
        EXPECT_EQ(unpacked(deflate, size), body);
    }
}

} // namespace
} // namespace ringback::net
