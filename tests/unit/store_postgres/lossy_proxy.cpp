#include "unit/store_postgres/lossy_proxy.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <map>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace ringback::store::test {

namespace fs = std::filesystem;

namespace {

sockaddr_un address_of(fs::path const& path) {
    sockaddr_un a{};
    a.sun_family = AF_UNIX;
    if (path.string().size() >= sizeof a.sun_path) throw std::runtime_error("a path too long for a socket");
    std::memcpy(a.sun_path, path.c_str(), path.string().size());
    return a;
}

bool send_all(int to, std::string_view bytes) {
    while (!bytes.empty()) {
        auto const sent = ::send(to, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
}

/// Appends what is there; false: the end.
bool receive(int from, std::string& to) {
    std::array<char, 65536> bytes;
    auto const got = ::recv(from, bytes.data(), bytes.size(), 0);
    if (got > 0) to.append(bytes.data(), static_cast<std::size_t>(got));
    return got > 0;
}

std::size_t length_at(std::string_view bytes, std::size_t at) {
    std::uint32_t n = 0;
    std::memcpy(&n, bytes.data() + at, sizeof n);
    return ntohl(n);
}

/// What a client says, cut into messages. Each has a letter and a length, but for the first.
class client_words {
public:
    struct message {
        std::string bytes;
        std::string runs; ///< the text of the prepared statement that it runs; empty for others
    };
    /// false: none is whole.
    bool take(std::string& from, message& to) {
        std::size_t const head = is_started_ ? 1 : 0;
        if (from.size() < head + 4) return false;
        std::size_t const size = head + length_at(from, head);
        if (from.size() < size) return false;
        to = {from.substr(0, size), {}};
        from.erase(0, size);
        if (std::exchange(is_started_, true)) read(to);
        return true;
    }

private:
    void read(message& m) {
        std::string_view const body = std::string_view{m.bytes}.substr(5);
        if (m.bytes[0] == 'P') { // Parse: name, text
            auto const end = body.find('\0');
            texts_[std::string{body.substr(0, end)}] = std::string{body.substr(end + 1).data()};
        } else if (m.bytes[0] == 'B') { // Bind: portal, name
            m.runs = texts_[std::string{body.substr(body.find('\0') + 1).data()}];
        }
    }

    bool is_started_ = false;
    std::map<std::string, std::string> texts_; ///< of prepared statements, by name
};

} // namespace

lossy_proxy::lossy_proxy(fs::path server) : server_{std::move(server)} {
    directory_ = (fs::temp_directory_path() / "ringback-proxy-XXXXXX").string();
    if (::mkdtemp(directory_.data()) == nullptr) throw std::runtime_error("no temporary directory");
    listener_ = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const here = address_of(fs::path{directory_} / server_.filename());
    if (::bind(listener_, reinterpret_cast<sockaddr const*>(&here), sizeof here) != 0 || ::listen(listener_, 8) != 0)
        throw std::runtime_error("no socket for the proxy");
    acceptor_ = std::thread{[this] { accept_all(); }};
}

lossy_proxy::~lossy_proxy() {
    is_over_ = true;
    acceptor_.join();
    for (std::thread& t : carriers_)
        t.join();
    ::close(listener_);
    fs::remove_all(directory_);
}

std::string lossy_proxy::url_of(std::string const& direct) const {
    return direct.substr(0, direct.find("host=")) + "host=" + directory_;
}

void lossy_proxy::lose_answer_to(std::string command) {
    std::scoped_lock const lock{mutex_};
    next_ = loss::of_answer;
    command_ = std::move(command);
    has_lost_ = false;
}

void lossy_proxy::lose_request(std::string command) {
    std::scoped_lock const lock{mutex_};
    next_ = loss::of_request;
    command_ = std::move(command);
    has_lost_ = false;
}

void lossy_proxy::accept_all() {
    pollfd waiting{listener_, POLLIN, 0};
    while (!is_over_)
        if (::poll(&waiting, 1, 20) > 0)
            carriers_.emplace_back(
                [this, client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC)] { carry(client); });
}

bool lossy_proxy::must_cut(loss kind, std::string_view command) {
    std::scoped_lock const lock{mutex_};
    if (next_ != kind || command != command_) return false;
    next_ = loss::none;
    return true;
}

void lossy_proxy::carry(int client) {
    int const server = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    auto const there = address_of(server_);
    bool is_open = ::connect(server, reinterpret_cast<sockaddr const*>(&there), sizeof there) == 0;
    client_words words;
    std::string said, answered;
    bool cuts_answer = false;
    while (is_open && !is_over_) {
        pollfd both[] = {{client, POLLIN, 0}, {server, POLLIN, 0}};
        if (::poll(both, 2, 20) <= 0) continue;
        if (both[0].revents != 0) {
            is_open = receive(client, said);
            for (client_words::message m; is_open && words.take(said, m);) {
                if (must_cut(loss::of_request, m.runs)) {
                    has_lost_ = true;
                    is_open = false;
                } else {
                    cuts_answer = cuts_answer || must_cut(loss::of_answer, m.runs);
                    is_open = send_all(server, m.bytes);
                }
            }
        }
        if (is_open && both[1].revents != 0) {
            is_open = receive(server, answered);
            if (cuts_answer && answered.ends_with(std::string{"Z\0\0\0\5I", 6})) { // ready again: it was carried out
                has_lost_ = true;
                is_open = false;
            }
            if (!cuts_answer) is_open = is_open && send_all(client, std::exchange(answered, {}));
        }
    }
    ::close(client);
    ::close(server);
}

} // namespace ringback::store::test
