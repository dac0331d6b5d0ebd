#pragma once

#include <string>

/// Public keys, made with OpenSSL's command line, and tokens over {"sub":"u-1","exp":4102444800} that npm's
/// jsonwebtoken 9.0.3 and jose 5.10.0 signed with their private keys, which were thrown away: none of this comes from
/// the code under test.
namespace ringback::auth::samples {

inline std::string const secret_text = "a-secret-of-sixty-four-bytes-for-every-hmac-algorithm-of-the-set";

inline std::string const rsa_pem = "-----BEGIN PUBLIC KEY-----\n"
                                   "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzE0Pf1oobyztxHOhlsxL\n"
                                   "HJHzaYddikAidBXjtwqgS+3NOToVdemGrl8pHQlf+2ttb+WtMAT0hPru1T0yl5mP\n"
                                   "7SGwBowJZElDdEUVCjJ/r9i6bglZoKyu0GTbr7Tmv6DZ2OKHgqYPhQMK6oLqIw7T\n"
                                   "SkNRRIkSRLVGfy10gyL2NxVJGUWnqaZX3t0x6e45Y44FbiiTcX1IWtJdSIYzbOhD\n"
                                   "MzGTskP5WljZQTzIzU+RgYONoVuvykMyL/ooEQxic6VWfOOgxqZKXMVTaZ4uGNVr\n"
                                   "7FOV6M1t7skVuhv46t34hW0DI+87i0eLuXQ/nEa8m85KtjgwyE2oAzg1BBvrZhLq\n"
                                   "4wIDAQAB\n"
                                   "-----END PUBLIC KEY-----\n";
inline std::string const rsa_pkcs1_pem = "-----BEGIN RSA PUBLIC KEY-----\n"
                                         "MIIBCgKCAQEAzE0Pf1oobyztxHOhlsxLHJHzaYddikAidBXjtwqgS+3NOToVdemG\n"
                                         "rl8pHQlf+2ttb+WtMAT0hPru1T0yl5mP7SGwBowJZElDdEUVCjJ/r9i6bglZoKyu\n"
                                         "0GTbr7Tmv6DZ2OKHgqYPhQMK6oLqIw7TSkNRRIkSRLVGfy10gyL2NxVJGUWnqaZX\n"
                                         "3t0x6e45Y44FbiiTcX1IWtJdSIYzbOhDMzGTskP5WljZQTzIzU+RgYONoVuvykMy\n"
                                         "L/ooEQxic6VWfOOgxqZKXMVTaZ4uGNVr7FOV6M1t7skVuhv46t34hW0DI+87i0eL\n"
                                         "uXQ/nEa8m85KtjgwyE2oAzg1BBvrZhLq4wIDAQAB\n"
                                         "-----END RSA PUBLIC KEY-----\n";
inline std::string const other_rsa_pem = "-----BEGIN PUBLIC KEY-----\n"
                                         "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAtsrGm0NX+uu19GIjjdKF\n"
                                         "kVkO/vVVwImP9zTMn+J2P9QpDUnuzGcYxLFv+kNc5uNMHVDOw60Ff6wUAa49udey\n"
                                         "hTQUyatKdrEEGjj0zccFUH+RWuWorGyz1WeI8QzRbv6sHHtbP07HwPviJgeuAndA\n"
                                         "TOOYW/vi27wPhZbQFQAAqP3lj6kkXplWvMoyItYnAgxPa9TvwEc43j+T7UMZiCju\n"
                                         "9n+zEZ2n1go5mbCTKBa8pTAwqEi1CPPn0MGcRDTOoPxO5dCPYqRKs5OtkNLYmr1R\n"
                                         "GxZVeG4s+8R9Z1hFyTwUMUKbSNqz/9Ygu6UXejNJO/ccGWh9lqgcRqi6et+0pZsN\n"
                                         "fQIDAQAB\n"
                                         "-----END PUBLIC KEY-----\n";
inline std::string const small_rsa_pem = "-----BEGIN PUBLIC KEY-----\n"
                                         "MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC5HAJvA7e3NlLFCsX4+/05FQGe\n"
                                         "GXDhKg3VeGlCSwcsSQKUaQN3nLMpXcrH+CT3gwsdgXtn5NAeM/wH2BbJMkHix2Vz\n"
                                         "6DLunclVCPdcLgB4R+buJs8wCSxn4MReuFriomrRkTTcrtaZ0M/a2FoDnzK7p/hE\n"
                                         "/YPbjSXbqvhZ4IiFoQIDAQAB\n"
                                         "-----END PUBLIC KEY-----\n";
inline std::string const p256_pem = "-----BEGIN PUBLIC KEY-----\n"
                                    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEiJjLTO88IxjzJc83cpKxAbCXOPRW\n"
                                    "TYQ8SmfbxzfHnaxoLHDzrH7pIaPqpBz29okhqrrI4SwyUg5UY+y/08FVYA==\n"
                                    "-----END PUBLIC KEY-----\n";
inline std::string const p256_certificate = "-----BEGIN CERTIFICATE-----\n"
                                            "MIIBcDCCARWgAwIBAgIUS/UJx7LO9FVCXIgRElXe/oJrV1owCgYIKoZIzj0EAwIw\n"
                                            "DDEKMAgGA1UEAwwBdDAgFw0yNjExMjAxMzUzMTNaGA8yMTI2MTAyNzEzNTMxM1ow\n"
                                            "DDEKMAgGA1UEAwwBdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABIiYy0zvPCMY\n"
                                            "8yXPN3KSsQGwlzj0Vk2EPEpn28c3x52saCxw86x+6SGj6qQc9vaJIaq6yOEsMlIO\n"
                                            "VGPsv9PBVWCjUzBRMB0GA1UdDgQWBBTOlTzrJXaiuRYGuypeC6D2ZEhKPTAfBgNV\n"
                                            "HSMEGDAWgBTOlTzrJXaiuRYGuypeC6D2ZEhKPTAPBgNVHRMBAf8EBTADAQH/MAoG\n"
                                            "CCqGSM49BAMCA0kAMEYCIQC1vlqCshAbBuzUCVAq3DM7CY64QsOn6qRTGnYQOQAu\n"
                                            "6AIhALuPcMHIZJtVLqPMgJxxfL5s515XsMFqxsxsBAd2obzE\n"
                                            "-----END CERTIFICATE-----\n";
inline std::string const p384_pem = "-----BEGIN PUBLIC KEY-----\n"
                                    "MHYwEAYHKoZIzj0CAQYFK4EEACIDYgAEXESYzahVTkuljgEc7OVBnfFxYZWgaJS9\n"
                                    "bz1VnFWKne0kosMFk5jnU5ceiRT7ZN601MV7Io04ShY01yDS6CCGzZzwTyUwvof5\n"
                                    "BaMQe2DgBYVScmpSgfp9qwA7nwQV8dcL\n"
                                    "-----END PUBLIC KEY-----\n";

/// The same keys as JWKs: k1 and k2 are RSA, the former for RS256 alone; k3 is P-256, k4 is P-384.
inline std::string const k1 =
    R"({"kty":"RSA","n":"zE0Pf1oobyztxHOhlsxLHJHzaYddikAidBXjtwqgS-3NOToVdemGrl8pHQlf-2ttb-WtMAT0hPru1T0yl5)"
    R"(mP7SGwBowJZElDdEUVCjJ_r9i6bglZoKyu0GTbr7Tmv6DZ2OKHgqYPhQMK6oLqIw7TSkNRRIkSRLVGfy10gyL2NxVJGUWnqaZX3t)"
    R"(0x6e45Y44FbiiTcX1IWtJdSIYzbOhDMzGTskP5WljZQTzIzU-RgYONoVuvykMyL_ooEQxic6VWfOOgxqZKXMVTaZ4uGNVr7FOV6M)"
    R"(1t7skVuhv46t34hW0DI-87i0eLuXQ_nEa8m85KtjgwyE2oAzg1BBvrZhLq4w","e":"AQAB","kid":"k1","alg":"RS256","u)"
    R"(se":"sig"})";
inline std::string const k2 =
    R"({"kty":"RSA","n":"tsrGm0NX-uu19GIjjdKFkVkO_vVVwImP9zTMn-J2P9QpDUnuzGcYxLFv-kNc5uNMHVDOw60Ff6wUAa49ud)"
    R"(eyhTQUyatKdrEEGjj0zccFUH-RWuWorGyz1WeI8QzRbv6sHHtbP07HwPviJgeuAndATOOYW_vi27wPhZbQFQAAqP3lj6kkXplWvM)"
    R"(oyItYnAgxPa9TvwEc43j-T7UMZiCju9n-zEZ2n1go5mbCTKBa8pTAwqEi1CPPn0MGcRDTOoPxO5dCPYqRKs5OtkNLYmr1RGxZVeG)"
    R"(4s-8R9Z1hFyTwUMUKbSNqz_9Ygu6UXejNJO_ccGWh9lqgcRqi6et-0pZsNfQ","e":"AQAB","kid":"k2","use":"sig"})";
inline std::string const k3 =
    R"({"kty":"EC","x":"iJjLTO88IxjzJc83cpKxAbCXOPRWTYQ8SmfbxzfHnaw","y":"aCxw86x-6SGj6qQc9vaJIaq6yOEsMlIOV)"
    R"(GPsv9PBVWA","crv":"P-256","kid":"k3"})";
inline std::string const k4 =
    R"({"kty":"EC","x":"XESYzahVTkuljgEc7OVBnfFxYZWgaJS9bz1VnFWKne0kosMFk5jnU5ceiRT7ZN60","y":"1MV7Io04ShY0)"
    R"(1yDS6CCGzZzwTyUwvof5BaMQe2DgBYVScmpSgfp9qwA7nwQV8dcL","crv":"P-384","kid":"k4","key_ops":["verify"]})";

inline std::string const hs256 =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.Abmkz9FOHWHgJVWvPa4A_VF5bTTs"
    "jDHx5_fTiZ9TeOA";
inline std::string const hs384 =
    "eyJhbGciOiJIUzM4NCIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.8umvnZ3EYBfZY3rel7VACHxAhjD5"
    "ebY1otQTfO8e87xu5J8Q48WWO6sZWX0ubXRq";
inline std::string const hs512 =
    "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9._GyZoOvYpF55kdFs1627qgmLDB-d"
    "RrQENsgoAA1lnBZPtUZmJjrjelkgoyZzqlgGjq1tIf7z_eQZqM0fXTPsSA";
/// By rsa_pem.
inline std::string const rs256 =
    "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.l2T1PijVTPvlObKJ5XGkOV3T61eE"
    "7xRnIUvJwahWSW2ZkhXvDZNMSd_0kNDaXg0pnqlAsUs4WuW2_AtDhOCqapRaN3kWj80KUCoax7kv-x5LY7IolUnQS36L9zVhzvGpRlMfjn"
    "nOiyEYL7MacVBvUbVjDC8o9Mh8KUsjIOnNcImHK4l4nP3mwgY4LOWTg8VvOtdxMNIGKXfMKOzu__2E1hT3xM8tRjhGxq7lIxkm2AIr4_Ir"
    "NTbR9rQYJsGdnSN96DSc8S4G4jrl3c60wJ5blWJkjyaekqyrYPobrrDpr8-u3ZfVIANETSfG3rizLCyuSx49_bN83RscP5KBX-pi8g";
/// By rsa_pem.
inline std::string const ps256 =
    "eyJhbGciOiJQUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.KHwoUY-pBwjcTaUaq5tOIvvSEJTA"
    "4OZAC0rZO0rm7rLeS__HYcj6lnr-nq7A1IakC_ebpU_S1PQJIJc3JrNHXw87pzDp5OkWu8wSYQ4fyHmZzghC5tVvAZlw_fwotbl2UFUJuK"
    "Ao0Cjw7jZPgIRxeApWPZRbLLMYGa3H-Di6bdeNVDWiGVoaH36IMEX7NRNc3R7oyaF6IPB9qWFagZR5rBU-qCKd3es_gtJ0ptXO7p4Mjo4W"
    "erLGmDppzbw09ltZ4S1Aq4RKAzzw1CsgZtrHrouzZGHiumowPkvShFkyPc_zco-08IogxT3pDYhXcs9LJv2wyekSfNfs90E5y3ybUQ";
/// By rsa_pem.
inline std::string const rs512 =
    "eyJhbGciOiJSUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.R-QX-fanL8ESiItnTUGXjrd4pTaZ"
    "cjLDnDoGYyls6Z30QH8gnDrOCqCkiD6dSWFR3yV9KjjpfhbOorCrzEbV6vu38jPsMUp4WwzfIDhv-lPPFBcZpofLC8Sha9D_dR29gb2L2X"
    "XV9DpIs1uSOFWs8xI68PWJuSSVUCoA_dlUlz5sUatRS7GQrBtCp2zTQTfnXu6gu41KFD9efxBPsdhXwQy7UtSfqvArFNPJgxyzoblX5sWY"
    "2BSYahtoMcegWj9WdEW7NXAL9EzLKNUS3EUECLhorsP-GaHJu7B-T4xnWw1JA_g4B7z6xjKvLlmfJPVKxy7qkaNur-omrGnXVXysbQ";
inline std::string const es256 =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.ixc56WrpzMtpx6Q1ESbt9_B7W82HkFVv5b6TiSM3Mzix"
    "B2DiSZDCUpT_tpFvyj9xC-gTsO482niC5ufBJrP7pQ";
inline std::string const es384 =
    "eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.pervIhIWX-R_lEEe3J4ndBcx4Ob1p0-A2TVVOKf2QY1a"
    "ghqjKjXpIxze0dFHhdg1VSO2NziZbjGVxYqhEvDkwfMCBwCMsq04KpWjKwkZTnTc7QkGBgtW7QmtHAjd7wSg";
inline std::string const rs256_of_k1 =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.oxt-HM5DruzeA8YkZewx4g0WL8SWq"
    "Xa2UlOQyyPtBMgaA_YUzD5Ig1msruYp529WxCvhd45nXGqEkQHAfvC6f_12ZAPyC0ems-JKi_3ruVMiOiXv37aWYkNyr56osK5wFmVV_kx"
    "C22dQ2j3uuKXu5BZZVtIIokfr2hJXPRQp3iILfqNu4_CdU0UcoBTw7i1bQ9J_xN52CfdhsMV0pVOdQz_OMs_zdshBARycv0uzapUC2W-KY"
    "p9o2vTgoSJOY5GgIUL7XqTL44cMPlrHjSVLjeQVs1Wp-jBxK0FIp9y-AQI8EiOsI3ZsI3X4EhdlqTHRwcGptJVvMT2ew4bXtEb0pw";
inline std::string const rs256_of_k2 =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsyIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.tR4AxaDSaYfkt8LI1IPHjXDULFOoN"
    "ThXCZtzORKbv_JTwrxBmNaWYDrbBQOFG11Wa1Dizb0gpNDKz7Zj_pSbc7IDRkDku4iH12JY6oLkhvynmSAph3mCDtu7w9Tx58YPoBf0dNZ"
    "WoQaJhaPOlLbnPpBybskecXoyKcYYn-WgBUNKB9syiVDvyYPIr2QRxYV2Fu6DAQyeYT4JNZG8rTR86vNtSkhy2vfU4GYHFRQGGwfaQn8_f"
    "peINP2KDQGaOuALEunJy2WuNJ3C_jbcx9BNIWkpSW0DbzEnRH32VjjN2k8f2308rxHafqXR-e4a9HsJFr8-7CfBW1fWGkg58IZlYg";
/// Its `kid` is k1, the key is k2.
inline std::string const rs256_of_k1_by_k2 =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.OdqvlQ1v6R_9dj8g35hMBpSESn09q"
    "USn1hF7x7OAiPzTVpfZJkfNJPrMFG31UTFJpdyycFfcSzRlaW-Nvm7SG8meLRNYONMvn9YRREU5nIClZ5ds7_rSF5SBseypGMcMcnJROUO"
    "TLQ4ORmH1xdMxVtQoeEny_Ioq9D98u9CEGudT5Y57E2utbTFWl3TKoKOR5sHKCYqnVYO9l4CIuCSyAWhhd_PmffXcOKNoSdhkdXCvpCmXR"
    "YhB4Uw4-N20SoSw88_btYsx6KFQ1ptRt0ITpHnm798jUC450fo-pBOGvFYWmMpHvTsfzxtmyZOMuNzrKq1ztJQYMvdKMJBWVDaxjQ";
/// Without a `kid`.
inline std::string const rs256_by_k2 =
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.QSybBAWzVf0_SG6cGoCVtiNe_Z1spKnVv0tT_SHK7GMu"
    "K14zOJkDPKMRXd1Iu1GNB8fezO1zhrrgsW-wj1WnVcz2aAVIWq3TxApxfKdNC6eksg1dAD94gHjS2hQvSGYbAFNXG_nQH5Vzjt9P0c1T8k"
    "c1pynDkWkeJsX8WiPzbKEJhdpfBIR5e_0HkVSawoGspVvR-xa8pcoBzzHDhaO_iQHU4fAsvxUmdxz64sykTtRLAQ9PuBira1BFXXxOqcbA"
    "qjYIS-rNXjMcE7UMYab0Eu4yyOFItWz0d0tTQKrLroCzZwj-qJrrbnqd9N_1Hd9XGYOa2SG_nySplKIYzsPccg";
/// `kid` k9, by rsa_pem.
inline std::string const rs256_of_k9 =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6Ims5In0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.cwD1hP2sIPIv2hc1wTayzQPO0b-8A"
    "mxXoFpOJe7ZBwK2e3oAMQfv9XzUNg74UFiuc2cweMqyR_4txy-0xtW6v_gxkOdM7zSgqsgQW1CQf2vPIByx8ZwLyYnAc-DgIBiGkEazBwG"
    "EEZLmvlb6b3DTj6uYxm7ntT_9GAhofJiV-7eq-en2gX9srrLkmfJIPvUXqSI7Ss6UgagZZjdXNg3KOin1AdrrpM2TBhup-UWNdy0FabhrF"
    "8Ne43z4jmTyDGvZ1d45AtCzPxpxjfnI_ik791UktWgyb5UbzoaAxpwLkarXb8vPXEtXN1_8-2REXENcaWGk55QgYUeI6qV_7Ebygw";
inline std::string const es256_of_k3 =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImszIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.HcClkhHmlTMLaCUct-SlFQC9dxcwK"
    "eSuaJYgtFPTw-AQBzjPtQJySGOLmh2tyTCm4yEJ4z8P1niRHLpf21Fc2g";
/// HS256 with the text of rsa_pem as the secret.
inline std::string const hs256_by_rsa_pem =
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.ncIlmiMBpzSkFwzdJQSzKVSB4cBsuP2jtCCxUwtKJb8";
/// The same with `kid` k1.
inline std::string const hs256_of_k1_by_rsa_pem =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImsxIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.5LrhsVrAKAn0RrEsEzCmCKFbH473k"
    "8faTExVPJEz_90";
/// `kid` 7.
inline std::string const hs256_with_number_as_kid =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6N30.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.psiBeofzi5z-LHudnFqMVJTjLFzX4RtA5"
    "KRmTo-fxas";
/// `kid` "whatever".
inline std::string const hs256_of_whatever =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IndoYXRldmVyIn0.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.BO7plGjjeeInrBA5_lBIz"
    "hlr5TuhW_1j08A7K90W_tg";
/// SHA-384, but signed on P-256.
inline std::string const es384_by_p256 =
    "eyJhbGciOiJFUzM4NCJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.85hxkk9hV8wb87lAYwbRUpvwqDHsyrir4J9H2WE7oXJo"
    "WyF2DGSksoiGmuR1X4LiZB0Q1tkVTQTx_OM-68r7Bw";
/// SHA-256, but signed on P-384.
inline std::string const es256_by_p384 =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.LBxblyA-UBDQyTJ31RnTRhi7CS2v_moWNvwDyfzCgopZ"
    "XgYDVFhD0aW8byS5YfZKzIKVJrenY8bvjYX1FwS9VQT6Dr__7dP456JP_iHvKeiuJeeWNmyt7kO_8wBvOzNc";
/// A genuine signature, written as OpenSSL writes it.
inline std::string const es256_in_der =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.MEQCIGTmJA_03OYloSexv8f9RT8_2tZ-Axqq3USMy1X7"
    "3perAiA5Is6WaPFMnP_WOwLERwdpo5w4aFaL_RjWQYjCfC30hg";
/// R = s = 0.
inline std::string const es256_of_zeros =
    "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJ1LTEiLCJleHAiOjQxMDI0NDQ4MDB9.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

} // namespace ringback::auth::samples
