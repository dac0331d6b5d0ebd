#include "webhooks/curl/http_poster.hpp"

#include "webhooks/public_address.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <curl/curl.h>
#include <netinet/in.h>
#include <stdexcept>
#include <unistd.h>
#include <utility>

namespace ringback::webhooks {

namespace {

/// libcurl's own start, which is not thread-safe, once for the process.
void start_curl() {
    static CURLcode const started = curl_global_init(CURL_GLOBAL_DEFAULT);
    if (started != CURLE_OK) throw std::runtime_error{"webhooks: libcurl cannot be started"};
}

bool is_public(sockaddr const& address, unsigned family) {
    if (family == AF_INET) {
        ipv4_bytes bytes;
        std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in const&>(address).sin_addr, bytes.size());
        return webhooks::is_public(bytes);
    }
    if (family == AF_INET6) {
        ipv6_bytes bytes;
        std::memcpy(bytes.data(), &reinterpret_cast<sockaddr_in6 const&>(address).sin6_addr, bytes.size());
        return webhooks::is_public(bytes);
    }
    return false;
}

struct free_url {
    void operator()(CURLU* u) const noexcept { curl_url_cleanup(u); }
};
struct free_list {
    void operator()(curl_slist* l) const noexcept { curl_slist_free_all(l); }
};
struct free_easy {
    void operator()(CURL* e) const noexcept { curl_easy_cleanup(e); }
};

void add_header(std::unique_ptr<curl_slist, free_list>& to, std::string const& line) {
    auto* longer = curl_slist_append(to.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc{};
    (void)to.release(); // `longer` begins with it
    to.reset(longer);
}

} // namespace

struct http_poster::transfer {
    std::string id, body;
    std::size_t max_response = 0, received = 0;
    bool allow_private = false;
    bool met_private = false; ///< a connection was refused here
    std::unique_ptr<curl_slist, free_list> headers{};
    std::unique_ptr<CURL, free_easy> easy{curl_easy_init()};
    char error[CURL_ERROR_SIZE] = "";

    static curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr* at) {
        auto& t = *static_cast<transfer*>(self);
        if (!t.allow_private && !is_public(at->addr, static_cast<unsigned>(at->family))) {
            t.met_private = true;
            return CURL_SOCKET_BAD;
        }
        return ::socket(at->family, at->socktype | SOCK_CLOEXEC, at->protocol);
    }
    static std::size_t take_body(char*, std::size_t, std::size_t size, void* self) {
        auto& t = *static_cast<transfer*>(self);
        t.received += size;
        return t.received <= t.max_response ? size : 0;
    }
    [[nodiscard]] attempt_result result(CURLcode code) const {
        long status = 0;
        curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &status);
        // It has answered, and goes on to say more than anybody reads.
        bool const is_cut = code == CURLE_WRITE_ERROR && received > max_response;
        if (code == CURLE_OK || is_cut) return static_cast<int>(status);
        if (met_private && code == CURLE_COULDNT_CONNECT)
            return std::unexpected{"the receiver's address is not public (webhooks.allow_private_addresses)"};
        return std::unexpected{std::string{error[0] != '\0' ? error : curl_easy_strerror(code)}};
    }
};

struct http_poster::curl {
    CURLM* multi = curl_multi_init();
    ~curl() { curl_multi_cleanup(multi); }
};

char const* why_not_deliverable(std::string const& url) {
    std::unique_ptr<CURLU, free_url> parsed{curl_url()};
    if (!parsed) return "not enough memory";
    auto const code = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0);
    if (code != CURLUE_OK) return curl_url_strerror(code);
    char* scheme = nullptr;
    curl_url_get(parsed.get(), CURLUPART_SCHEME, &scheme, 0);
    std::string const found = scheme != nullptr ? scheme : "";
    curl_free(scheme);
    return found == "http" || found == "https" ? nullptr : "neither http nor https";
}

http_poster::http_poster(post_terms const& terms) : terms_{terms} {
    start_curl();
    curl_ = std::make_unique<curl>();
    if (curl_->multi == nullptr) throw std::runtime_error{"webhooks: libcurl cannot be set up"};
    auto const most = static_cast<long>(terms_.max_connections);
    curl_multi_setopt(curl_->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, most);
    curl_multi_setopt(curl_->multi, CURLMOPT_MAXCONNECTS, most);
}

http_poster::~http_poster() { (void)break_off(); }

void http_poster::post(std::string id, std::string body, std::string const& signature) {
    auto t = std::make_unique<transfer>();
    t->id = std::move(id);
    t->body = std::move(body);
    t->max_response = terms_.max_response;
    t->allow_private = terms_.allow_private_addresses;
    CURL* easy = t->easy.get();
    if (easy == nullptr) throw std::bad_alloc{};
    add_header(t->headers, "Content-Type: application/json");
    add_header(t->headers, "X-Ringback-Signature: " + signature);
    add_header(t->headers, "Expect:"); // nobody asks whether the body may come

    curl_easy_setopt(easy, CURLOPT_URL, terms_.url.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // no waiting for a name server at the end
    curl_easy_setopt(easy, CURLOPT_USERAGENT, "Ringback");
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, t->headers.get());
    curl_easy_setopt(easy, CURLOPT_POST, 1L);
    curl_easy_setopt(easy, CURLOPT_POSTFIELDS, t->body.c_str());
    curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(t->body.size()));
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(terms_.connect_timeout.count()));
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(terms_.timeout.count()));
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
    if (!terms_.certificate_authorities.empty())
        curl_easy_setopt(easy, CURLOPT_CAINFO, terms_.certificate_authorities.c_str());
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &transfer::open_socket);
    curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, t.get());
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, &transfer::take_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, t.get());
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, t->error);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, t.get());
    if (curl_multi_add_handle(curl_->multi, easy) != CURLM_OK)
        throw std::runtime_error{"webhooks: libcurl takes no transfer"};
    transfers_.push_back(std::move(t));
}

std::vector<http_poster::posted> http_poster::advance() {
    int running = 0;
    curl_multi_perform(curl_->multi, &running);
    std::vector<posted> finished;
    int left = 0;
    while (CURLMsg const* message = curl_multi_info_read(curl_->multi, &left)) {
        if (message->msg != CURLMSG_DONE) continue;
        CURLcode const code = message->data.result; // the message ends with the next call
        auto const found =
            std::ranges::find(transfers_, message->easy_handle, [](auto const& t) { return t->easy.get(); });
        if (found == transfers_.end()) continue;
        finished.push_back({std::move((*found)->id), (*found)->result(code)});
        curl_multi_remove_handle(curl_->multi, (*found)->easy.get());
        transfers_.erase(found);
    }
    return finished;
}

void http_poster::wait(std::chrono::milliseconds longest) {
    curl_multi_poll(curl_->multi, nullptr, 0, static_cast<int>(longest.count()), nullptr);
}

void http_poster::wake() noexcept { curl_multi_wakeup(curl_->multi); }

std::vector<std::string> http_poster::break_off() {
    std::vector<std::string> ids;
    for (auto& t : transfers_) {
        curl_multi_remove_handle(curl_->multi, t->easy.get());
        ids.push_back(std::move(t->id));
    }
    transfers_.clear();
    return ids;
}

} // namespace ringback::webhooks
