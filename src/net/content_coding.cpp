#include "net/content_coding.hpp"

#include <algorithm>
#include <new>
#include <zlib.h>

namespace ringback::net {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

constexpr char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal(std::string_view a, std::string_view b) noexcept { return std::ranges::equal(a, b, {}, lower, lower); }

/// `;q=0.5` in thousandths; 1000 when there is none, 0 when it is no weight.
int weight_of(std::string_view parameters) noexcept {
    std::string_view q = trimmed(parameters);
    if (q.empty()) return 1000;
    q = trimmed(q.substr(1));
    if (!equal(q.substr(0, 2), "q=") || q.size() < 3 || (q[2] != '0' && q[2] != '1')) return 0;
    int weight = (q[2] - '0') * 1000, unit = 100;
    for (std::size_t i = 4; i < q.size() && i < 7 && q[i] >= '0' && q[i] <= '9'; ++i, unit /= 10)
        weight += (q[i] - '0') * unit;
    return std::min(weight, 1000);
}

constexpr int gzip_window = 15 + 16, zlib_window = 15; // deflateInit2 names the format by an addend

} // namespace

std::string_view to_string(content_coding coding) noexcept {
    switch (coding) {
    case content_coding::gzip: return "gzip";
    case content_coding::deflate: return "deflate";
    case content_coding::identity: break;
    }
    return "identity";
}

content_coding preferred_coding(std::string_view accept_encoding) noexcept {
    int gzip = -1, deflate = -1, any = 0; // -1: not named
    while (!accept_encoding.empty()) {
        std::string_view item = accept_encoding.substr(0, accept_encoding.find(','));
        accept_encoding.remove_prefix(std::min(accept_encoding.size(), item.size() + 1));
        std::size_t name_end = std::min(item.find(';'), item.size());
        std::string_view name = trimmed(item.substr(0, name_end));
        int weight = weight_of(item.substr(name_end));
        if (equal(name, "gzip") || equal(name, "x-gzip")) gzip = weight;
        if (equal(name, "deflate")) deflate = weight;
        if (name == "*") any = weight;
    }
    if (gzip < 0) gzip = any;
    if (deflate < 0) deflate = any;
    if (std::max(gzip, deflate) == 0) return content_coding::identity;
    return gzip >= deflate ? content_coding::gzip : content_coding::deflate;
}

struct body_compressor::stream {
    explicit stream(int window) {
        constexpr int default_memory = 8;
        // The shard's other clients wait meanwhile.
        if (deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, window, default_memory, Z_DEFAULT_STRATEGY) != Z_OK)
            throw std::bad_alloc{};
    }
    stream(stream const&) = delete;
    stream& operator=(stream const&) = delete;
    ~stream() { deflateEnd(&z); }

    z_stream z{};
};

body_compressor::body_compressor() = default;
body_compressor::~body_compressor() = default;

std::string body_compressor::pack(std::string_view body, content_coding coding) {
    auto& kept = coding == content_coding::gzip ? gzip_ : deflate_;
    if (!kept) kept = std::make_unique<stream>(coding == content_coding::gzip ? gzip_window : zlib_window);
    z_stream& z = kept->z;
    deflateReset(&z);
    std::string packed(deflateBound(&z, body.size()), '\0');
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(body.data())); // zlib reads it only
    z.avail_in = static_cast<uInt>(body.size());
    z.next_out = reinterpret_cast<Bytef*>(packed.data());
    z.avail_out = static_cast<uInt>(packed.size());
    ::deflate(&z, Z_FINISH); // always ends at once: the bound leaves room
    packed.resize(z.total_out);
    return packed;
}

} // namespace ringback::net
