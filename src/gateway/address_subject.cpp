#include "gateway/address_subject.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <netinet/in.h>

namespace ringback::gateway {

std::string address_subject(std::string_view address) {
    std::string text{address.substr(0, address.find('%'))}; // without a zone
    in6_addr v6;
    if (inet_pton(AF_INET6, text.c_str(), &v6) != 1) return text;
    std::array<char, INET6_ADDRSTRLEN> out;
    if (IN6_IS_ADDR_V4MAPPED(&v6)) return inet_ntop(AF_INET, &v6.s6_addr[12], out.data(), out.size());
    std::fill(std::begin(v6.s6_addr) + 8, std::end(v6.s6_addr), std::uint8_t{0});
    return std::string{inet_ntop(AF_INET6, &v6, out.data(), out.size())} + "/64";
}

} // namespace ringback::gateway
