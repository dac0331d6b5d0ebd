#include "net/tls_session.hpp"

#include <climits>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace ringback::net {

/// OpenSSL reads from `in_` and writes to `out_` through these. Its own memory BIO keeps the largest buffer that it
/// ever had; these strings are given back as soon as they are empty.
struct tls_session::bio_calls {
    static tls_session& session_of(BIO* bio) { return *static_cast<tls_session*>(::BIO_get_data(bio)); }

    static int read(BIO* bio, char* into, int room) {
        auto& s = session_of(bio);
        BIO_clear_retry_flags(bio);
        std::size_t size = std::min(static_cast<std::size_t>(room), s.in_.size() - s.in_read_);
        if (size == 0) {
            BIO_set_retry_read(bio);
            return -1;
        }
        std::memcpy(into, s.in_.data() + s.in_read_, size);
        s.in_read_ += size;
        if (s.in_read_ == s.in_.size()) {
            std::string{}.swap(s.in_);
            s.in_read_ = 0;
        }
        return static_cast<int>(size);
    }
    static int write(BIO* bio, char const* from, int size) {
        session_of(bio).out_.append(from, static_cast<std::size_t>(size));
        return size;
    }
    static long control(BIO*, int what, long, void*) { return what == BIO_CTRL_FLUSH ? 1 : 0; }
    static int create(BIO* bio) {
        ::BIO_set_init(bio, 1);
        return 1;
    }

    struct method_ending {
        void operator()(BIO_METHOD* method) const noexcept { ::BIO_meth_free(method); }
    };
    static BIO_METHOD const* method() {
        static std::unique_ptr<BIO_METHOD, method_ending> const made = [] {
            std::unique_ptr<BIO_METHOD, method_ending> m{
                ::BIO_meth_new(::BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "tls_session")};
            if (!m) throw std::bad_alloc{};
            ::BIO_meth_set_read(m.get(), read);
            ::BIO_meth_set_write(m.get(), write);
            ::BIO_meth_set_ctrl(m.get(), control);
            ::BIO_meth_set_create(m.get(), create);
            return m;
        }();
        return made.get();
    }
};

void tls_session::ending::operator()(ssl_st* ssl) const noexcept { ::SSL_free(ssl); }

tls_session::tls_session(tls_context const& context) : ssl_{context.new_connection()} {
    BIO* bio = ::BIO_new(bio_calls::method());
    if (!bio) throw std::bad_alloc{};
    ::BIO_set_data(bio, this);
    ::SSL_set_bio(ssl_.get(), bio, bio);
}

tls_session::~tls_session() = default;

void tls_session::receive(std::string_view ciphertext) { in_ += ciphertext; }

void tls_session::judge(int result) {
    switch (::SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ:
    case SSL_ERROR_WANT_WRITE: return;
    case SSL_ERROR_ZERO_RETURN: state_ = state::ended; return;
    default: state_ = state::failed; ::ERR_clear_error();
    }
}

std::size_t tls_session::read(std::span<char> into) {
    if (state_ != state::open || into.empty()) return 0;
    ::ERR_clear_error(); // SSL_get_error looks at the thread's queue, in which others may have left theirs
    int result = ::SSL_read(ssl_.get(), into.data(), static_cast<int>(std::min<std::size_t>(into.size(), INT_MAX)));
    if (result > 0) return static_cast<std::size_t>(result);
    judge(result);
    return 0;
}

bool tls_session::has_plain() {
    if (state_ != state::open) return false;
    char byte;
    ::ERR_clear_error();
    int result = ::SSL_peek(ssl_.get(), &byte, 1);
    if (result <= 0) judge(result);
    return result > 0;
}

bool tls_session::write(std::string_view plain) {
    if (plain.empty()) return true;
    if (state_ == state::failed || !SSL_is_init_finished(ssl_.get())) return false;
    ::ERR_clear_error();
    std::size_t written = 0;
    int result = ::SSL_write_ex(ssl_.get(), plain.data(), plain.size(), &written);
    if (result <= 0) judge(result);
    return result > 0;
}

void tls_session::shut_down() {
    if (state_ == state::failed || !SSL_is_init_finished(ssl_.get())) return;
    ::ERR_clear_error();
    ::SSL_shutdown(ssl_.get());
    ::ERR_clear_error();
}

void tls_session::sent(std::size_t bytes) {
    out_sent_ += bytes;
    if (out_sent_ < out_.size()) return;
    std::string{}.swap(out_);
    out_sent_ = 0;
}

} // namespace ringback::net
